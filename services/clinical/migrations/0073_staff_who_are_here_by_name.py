"""Staff who are here, by name: among them a free time is looked for. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clinical_0073"
down_revision = "clinical_0061"


def upgrade() -> None:
    """Beside other work."""
    build_index("ix_staff_copies_active", "staff_copies", ["organization_id", "display_name", "id"], where="active")
