"""Sort keys of earlier clients, the words by which they are found, and indexes. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import build_index, drop_index, earlier_rows, fill_in_sort_keys
from shared.names import found_by, sort_key

revision = "clients_0007"
down_revision = "clients_0006"
NAMES = ("family_name", "given_name", "preferred_name")


def upgrade() -> None:
    """Short locks only. The code before this one sorts a page itself until it stops."""
    fill_in_sort_keys("clients", "family_name", "given_name")
    _fill_in_words()
    build_index("ix_clients_sort_key", "clients", ["organization_id", "sort_key", "id"])
    build_index("ix_clients_status_sort_key", "clients", ["organization_id", "status", "sort_key", "id"])
    drop_index("ix_clients_name")
    drop_index("ix_clients_status")


def _fill_in_words() -> None:
    """Earlier words stay until the client's name is changed next: the code before this one looks for them."""
    write = text(
        "INSERT INTO client_tokens (organization_id, client_id, token, name) "
        "SELECT organization_id, id, unnest(CAST(:words AS text[])), :name FROM clients "
        "WHERE organization_id = :organization_id AND id = :id "
        "AND family_name = :family_name AND given_name = :given_name "
        "AND preferred_name IS NOT DISTINCT FROM CAST(:preferred_name AS text) "
        "ON CONFLICT (organization_id, client_id, token) DO UPDATE SET name = excluded.name"
    )
    for batch in earlier_rows("clients", NAMES, beside=["client_tokens"]):
        op.get_bind().execute(
            write,
            [
                {
                    **row._mapping,
                    "words": sorted(found_by([row.given_name, row.family_name, row.preferred_name or ""])),
                    "name": sort_key(row.family_name, row.given_name),
                }
                for row in batch
            ],
        )
