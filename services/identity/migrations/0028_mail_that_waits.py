"""The index of mail that waits for a confirmation."""

from shared.database.migration import build_index

revision = "identity_0028"
down_revision = "identity_0027"


def upgrade() -> None:
    """While others read and write."""
    build_index("ix_mail_held", "mail", ["organization_id"], where="held")
