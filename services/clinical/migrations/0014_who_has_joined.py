"""Whether a member of staff has joined, as identity tells it from now on."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0014"
down_revision = "clinical_0013"


def upgrade() -> None:
    """A column that may be empty: not known."""
    op.add_column("staff_copies", sa.Column("joined", sa.Boolean(), nullable=True))
