"""An entry stands in the ledger of each client whose balance it changed, and by day in the order of entries."""

from alembic import op

from shared.database.migration import build_index, drop_index

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Each index replaces another one; the previous release reads by the first columns, which are the same."""
    build_index("uq_ledger_rows_entry", "ledger_rows", ["organization_id", "entry_id", "client_id"], unique=True)
    build_index(
        "ix_ledger_rows_by_day",
        "ledger_rows",
        ["organization_id", "client_id", "on", "entry_id", "kind", "amount_cents"],
    )
    op.execute("ALTER TABLE ledger_rows DROP CONSTRAINT IF EXISTS uq_ledger_rows_organization_id_entry_id")
    drop_index("ix_ledger_rows_day")
