"""The header of an imported file is kept, so that its columns can be read otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clients_0106"
down_revision = "clients_0081"


def upgrade() -> None:
    """Add only."""
    for name in ("header", "day_first_at"):
        empty = sa.text("'[]'")
        op.add_column("client_imports", sa.Column(name, postgresql.JSONB(), nullable=False, server_default=empty))
