"""For how many days somebody who was taken off a case still reads the notes that they signed in it."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0063"
down_revision = "clinical_0060"


def upgrade() -> None:
    """Add only."""
    op.add_column(
        "organization_copies", sa.Column("author_access_days", sa.Integer(), nullable=False, server_default="0")
    )
