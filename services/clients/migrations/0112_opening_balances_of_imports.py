"""What each client of an import owed before, as the file says."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0112"
down_revision = "clients_0111"


def upgrade() -> None:
    """Add only."""
    op.add_column("client_import_rows", sa.Column("opening_balance_cents", sa.BigInteger(), nullable=True))
