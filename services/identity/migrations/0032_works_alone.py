"""Whether a practice has said that nobody else is to join it."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0032"
down_revision = "identity_0031"


def upgrade() -> None:
    """Add only."""
    op.add_column("organizations", sa.Column("works_alone", sa.Boolean(), nullable=False, server_default="false"))
