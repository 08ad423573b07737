"""Earlier invoices get their place by number, and an index serves it. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import build_index, earlier_rows

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Short locks only. A number never changes, so nothing that somebody writes meanwhile is lost."""
    write = text(
        "UPDATE invoices SET number_place = place_of_number(number) "
        "WHERE organization_id = :organization_id AND id = :id AND number_place IS NULL"
    )
    for batch in earlier_rows("invoices", ["number"]):
        issued = [{"organization_id": row.organization_id, "id": row.id} for row in batch if row.number is not None]
        if issued:
            op.get_bind().execute(write, issued)
    build_index(
        "ix_invoices_number_place",
        "invoices",
        ["organization_id", "number_place", "id"],
        where="number_place IS NOT NULL",
    )
