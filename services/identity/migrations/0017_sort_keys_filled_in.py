"""Sort keys of earlier staff and locations, and indexes. Runs again if interrupted."""

from shared.database.migration import build_index, drop_index, fill_in_sort_keys

revision = "identity_0017"
down_revision = "identity_0016"


def upgrade() -> None:
    """Short locks only. The code before this one sorts a page itself until it stops."""
    fill_in_sort_keys("staff", "family_name", "given_name")
    fill_in_sort_keys("locations", "name")
    for table in ("staff", "locations"):
        build_index(f"ix_{table}_sort_key", table, ["organization_id", "sort_key", "id"])
        drop_index(f"ix_{table}_name")
