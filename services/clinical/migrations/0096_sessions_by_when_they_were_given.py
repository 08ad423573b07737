"""What supervised clinicians gave, and was changed since, is found by its time."""

from shared.database.migration import build_index

revision = "clinical_0096"
down_revision = "clinical_0095"


def upgrade() -> None:
    """Runs again if interrupted."""
    build_index("ix_appointments_given", "appointments", ["organization_id", "given_at"], where="given_by IS NOT NULL")
