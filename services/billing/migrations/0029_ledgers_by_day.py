"""A client's ledger by day, with what its sums need. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add only."""
    build_index(
        "ix_ledger_rows_day",
        "ledger_rows",
        ["organization_id", "client_id", "on", "sequence", "kind", "amount_cents"],
    )
