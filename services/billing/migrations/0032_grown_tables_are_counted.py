"""The worker has tables counted that have grown fast."""

from shared.database.migration import let_worker_count_tables

revision = "0032"
down_revision = "0030"


def upgrade() -> None:
    """Add only."""
    let_worker_count_tables("billing")
