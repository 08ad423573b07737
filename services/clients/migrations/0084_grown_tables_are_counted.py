"""The worker has tables counted that have grown fast."""

from shared.database.migration import let_worker_count_tables

revision = "clients_0084"
down_revision = "clients_0080"


def upgrade() -> None:
    """Add only."""
    let_worker_count_tables("clients")
