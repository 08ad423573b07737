"""Credit may lie on an invoice of a client who was merged with the one who paid."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Columns without a default: no rewrite of the tables. The previous release leaves them empty."""
    op.execute("ALTER TABLE ledger_rows ADD COLUMN other_client_id uuid")
    op.execute("ALTER TABLE client_accounts ADD COLUMN last_entry_id uuid")
