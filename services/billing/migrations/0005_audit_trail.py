"""What is written down of this service reaches the organization's audit trail."""

from shared.migration import feed_audit_trail

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Queue every entry from now on."""
    feed_audit_trail("billing")
