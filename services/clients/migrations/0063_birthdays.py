"""The birthdays of a month come by day and name, from an index. Runs again if interrupted."""

from sqlalchemy import text

from shared.database.migration import build_index

revision = "clients_0063"
down_revision = "clients_0051"
BIRTHDAY = text("(EXTRACT(month FROM date_of_birth)::integer * 100 + EXTRACT(day FROM date_of_birth)::integer)")


def upgrade() -> None:
    """Beside other work."""
    columns = ["organization_id", BIRTHDAY, "sort_key", "id"]
    build_index("ix_clients_birthday", "clients", columns, where="status <> 'archived'")
