"""Who sends mail and answers requests for resets is woken when there is one; until now each looked once a second."""

from shared.database.migration import wake_when_written

revision = "identity_0052"
down_revision = "identity_0050"


def upgrade() -> None:
    """Add only: the code before this one does not listen, and looks as it did."""
    wake_when_written("mail", releases="held")
    wake_when_written("reset_requests")
