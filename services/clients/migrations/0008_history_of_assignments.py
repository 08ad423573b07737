"""The history of assignments is read. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clients_0008"
down_revision = "clients_0007"


def upgrade() -> None:
    """Add only."""
    build_index("ix_assignment_changes_client", "assignment_changes", ["organization_id", "client_id", "id"])
