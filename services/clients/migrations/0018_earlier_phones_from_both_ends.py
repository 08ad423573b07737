"""Earlier clients are found by either end of their phones; an index of numbers by status. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import build_index, earlier_rows

revision = "clients_0018"
down_revision = "clients_0017"


def upgrade() -> None:
    """Short locks only: the trigger of the revision before works the digits out, a batch at a time."""
    write = text(
        "UPDATE clients SET phone = phone WHERE (organization_id, id) >= (:o, :i)"
        " AND (organization_id, id) <= (:last_o, :last_i) AND phone IS NOT NULL AND phone_digits IS NULL"
    )
    for batch in earlier_rows("clients", ["phone"]):
        first, last = batch[0], batch[-1]
        ends = {"o": first.organization_id, "i": first.id, "last_o": last.organization_id, "last_i": last.id}
        op.get_bind().execute(write, ends)
    for name in ("phone_digits", "phone_reversed"):
        build_index(f"ix_clients_{name}", "clients", ["organization_id", name])
    build_index("ix_clients_status_number", "clients", ["organization_id", "status", "number"])
