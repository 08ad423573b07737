"""Sort keys of earlier services, and their index. Runs again if interrupted."""

from shared.database.migration import build_index, fill_in_sort_keys

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Short locks only."""
    fill_in_sort_keys("service_types", "name")
    build_index("ix_service_types_sort_key", "service_types", ["organization_id", "sort_key", "id"])
