"""For how many days somebody who was taken off a case still reads the notes that they signed in it. At first: none."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0057"
down_revision = "identity_0056"


def upgrade() -> None:
    """Add only. Nobody is told: the others take it for 0, as it is."""
    op.add_column("organizations", sa.Column("author_access_days", sa.Integer(), nullable=False, server_default="0"))
