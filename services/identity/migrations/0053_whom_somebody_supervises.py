"""An index for whom somebody supervises: it is looked at whenever supervision, a level or a return is decided."""

from shared.database.migration import build_index

revision = "identity_0053"
down_revision = "identity_0052"


def upgrade() -> None:
    """Nobody waits for it; it may run again."""
    build_index("ix_staff_supervisor", "staff", ["organization_id", "supervisor_id"])
