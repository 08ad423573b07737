"""The history of those on a case is read. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clinical_0016"
down_revision = "clinical_0015"


def upgrade() -> None:
    """Add only."""
    build_index("ix_case_member_changes_history", "case_member_changes", ["organization_id", "case_id", "id"])
