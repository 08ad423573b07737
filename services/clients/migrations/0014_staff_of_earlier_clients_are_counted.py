"""Earlier clients get the number of staff who are assigned to them, and indexes. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import build_index, earlier_rows

revision = "clients_0014"
down_revision = "clients_0013"


def upgrade() -> None:
    """Short locks only. Every row has a count afterwards: later ones have it from their first day."""
    _count()
    where = "staff_count = 0"
    build_index("ix_clients_unassigned", "clients", ["organization_id", "sort_key", "id"], where=where)
    build_index("ix_clients_unassigned_status", "clients", ["organization_id", "status", "sort_key", "id"], where=where)
    with op.get_context().autocommit_block():
        # The check, which locks nobody out while it reads the table, spares NOT NULL to read it.
        op.execute("ALTER TABLE clients DROP CONSTRAINT IF EXISTS counted")
        op.execute("ALTER TABLE clients ADD CONSTRAINT counted CHECK (staff_count IS NOT NULL) NOT VALID")
        op.execute("ALTER TABLE clients VALIDATE CONSTRAINT counted")
        op.execute("ALTER TABLE clients ALTER COLUMN staff_count SET NOT NULL")
        op.execute("ALTER TABLE clients DROP CONSTRAINT counted")


def _count() -> None:
    """Count in a statement after the one that locks: then it sees what others committed while it waited for the lock.

    What somebody changes afterwards, the trigger adds to this count.
    """
    among = "(organization_id, id) >= (:o, :i) AND (organization_id, id) <= (:last_o, :last_i) AND staff_count IS NULL"
    lock = text(f"SELECT 1 FROM clients WHERE {among} ORDER BY organization_id, id FOR NO KEY UPDATE")
    write = text(
        "UPDATE clients SET staff_count = (SELECT count(*) FROM assignments a"
        " WHERE a.organization_id = clients.organization_id AND a.client_id = clients.id AND a.active)"
        f" WHERE {among}"
    )
    for batch in earlier_rows("clients", ["staff_count"], beside=["assignments"]):
        first, last = batch[0], batch[-1]
        ends = {"o": first.organization_id, "i": first.id, "last_o": last.organization_id, "last_i": last.id}
        op.execute("BEGIN")  # the block around commits each statement by itself; these two belong together
        op.get_bind().execute(lock, ends)
        op.get_bind().execute(write, ends)
        op.execute("COMMIT")
