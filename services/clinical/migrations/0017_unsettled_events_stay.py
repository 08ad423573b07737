"""The worker deletes an event only when it is settled."""

from shared.database.migration import keep_unsettled_events

revision = "clinical_0017"
down_revision = "clinical_0016"


def upgrade() -> None:
    """Policies only; the purge of the code before deletes nothing else either."""
    keep_unsettled_events("clinical")
