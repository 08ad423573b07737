"""The worker has tables counted that have grown fast."""

from shared.database.migration import let_worker_count_tables

revision = "clinical_0051"
down_revision = "clinical_0046"


def upgrade() -> None:
    """Add only."""
    let_worker_count_tables("clinical")
