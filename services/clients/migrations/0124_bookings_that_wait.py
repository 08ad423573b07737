"""The rows of an import whose appointments wait to be booked are counted by an index."""

from shared.database.migration import build_index

revision = "clients_0124"
down_revision = "clients_0123"


def upgrade() -> None:
    """While others read and write the table."""
    build_index(
        "ix_client_import_rows_waiting",
        "client_import_rows",
        ["organization_id", "import_id", "number"],
        where="booking = 'waiting'",
    )
