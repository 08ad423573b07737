"""The coming sessions of a group are found by an index."""

from shared.database.migration import build_index

revision = "clinical_0049"
down_revision = "clinical_0048"


def upgrade() -> None:
    """Few rows: those of groups alone."""
    build_index(
        "ix_appointments_group",
        "appointments",
        ["organization_id", "group_id", "starts_at"],
        where="group_id IS NOT NULL",
    )
