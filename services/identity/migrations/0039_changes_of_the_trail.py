"""An index for what was changed, which lies far apart among what was seen."""

from shared.database.migration import build_index

revision = "identity_0039"
down_revision = "identity_0038"


def upgrade() -> None:
    """Nobody waits for it; it may run again."""
    where = "outcome = 'done' AND strpos(action, '.') = 0"
    build_index("ix_audit_trail_changes", "audit_trail", ["organization_id", "at", "seq"], where=where)
