"""Who did not agree to a phone or an e-mail comes by name, from an index. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clients_0045"
down_revision = "clients_0026"


def upgrade() -> None:
    """Beside other work."""
    for channel in ("phone", "email"):
        where = f"{channel} IS NOT NULL AND {channel}_consent <> 'given' AND status <> 'archived'"
        build_index(f"ix_clients_no_{channel}_consent", "clients", ["organization_id", "sort_key", "id"], where=where)
