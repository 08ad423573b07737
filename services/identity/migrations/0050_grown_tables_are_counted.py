"""The worker has tables counted that have grown fast."""

from shared.database.migration import let_worker_count_tables

revision = "identity_0050"
down_revision = "identity_0047"


def upgrade() -> None:
    """Add only."""
    let_worker_count_tables("identity")
