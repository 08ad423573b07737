"""Who waits longest comes first, from an index. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clients_0024"
down_revision = "clients_0023"


def upgrade() -> None:
    """Beside other work: the index holds those alone who wait."""
    columns = ["organization_id", "waiting_since", "id"]
    build_index("ix_clients_waiting", "clients", columns, where="waiting_since IS NOT NULL")
