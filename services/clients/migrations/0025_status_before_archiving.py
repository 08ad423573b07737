"""Which status archived clients come back to."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0025"
down_revision = "clients_0024"


def upgrade() -> None:
    """Empty for clients whom earlier code archived: nobody knows any longer, and they come back as active."""
    op.add_column("clients", sa.Column("archived_from", sa.Text(), nullable=True))
    check = "CHECK (archived_from IN ('prospective', 'active'))"
    op.execute(f"ALTER TABLE clients ADD CONSTRAINT ck_clients_archived_from {check} NOT VALID")
