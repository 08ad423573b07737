"""The worker deletes an event only when it is settled."""

from shared.database.migration import keep_unsettled_events

revision = "clients_0010"
down_revision = "clients_0009"


def upgrade() -> None:
    """Policies only; the purge of the code before deletes nothing else either."""
    keep_unsettled_events("clients")
