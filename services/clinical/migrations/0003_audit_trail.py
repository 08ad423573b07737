"""What is written down of this service reaches the organization's audit trail."""

from shared.migration import feed_audit_trail

revision = "clinical_0003"
down_revision = "clinical_0002"


def upgrade() -> None:
    """Queue every entry from now on."""
    feed_audit_trail("clinical")
