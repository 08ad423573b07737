"""When a program last got an access token."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0033"
down_revision = "identity_0032"


def upgrade() -> None:
    """Add only; earlier clients have been used at a time that is not known."""
    op.add_column("api_clients", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
