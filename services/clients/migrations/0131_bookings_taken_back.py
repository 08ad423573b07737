"""The rows of an import whose appointments were taken back with their clients are counted by an index."""

from shared.database.migration import build_index

revision = "clients_0131"
down_revision = "clients_0130"


def upgrade() -> None:
    """While others read and write the table."""
    build_index(
        "ix_client_import_rows_taken_back",
        "client_import_rows",
        ["organization_id", "import_id", "number"],
        where="booking = 'taken_back'",
    )
