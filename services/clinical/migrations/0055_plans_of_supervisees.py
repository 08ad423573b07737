"""Draft plans are found by who wrote them: the worklist of a supervisor, and the cases that a new supervisor joins."""

from shared.database.migration import build_index

revision = "clinical_0055"
down_revision = "clinical_0051"


def upgrade() -> None:
    """Add only."""
    build_index(
        "ix_treatment_plans_drafts",
        "treatment_plans",
        ["organization_id", "created_by"],
        where="signed_at IS NULL AND discarded_at IS NULL",
    )
