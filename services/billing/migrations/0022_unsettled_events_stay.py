"""The worker deletes an event only when it is settled."""

from shared.database.migration import keep_unsettled_events

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Policies only; the purge of the code before deletes nothing else either."""
    keep_unsettled_events("billing")
