"""Earlier clients get their numbers, in the order in which they were added. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import build_index, earlier_rows

revision = "clients_0012"
down_revision = "clients_0011"
BEFORE_THE_FIRST = 1000


def upgrade() -> None:
    """Short locks only. Every row has a number afterwards: later ones have it of the trigger."""
    _number()
    build_index("uq_clients_number", "clients", ["organization_id", "number"], unique=True)
    with op.get_context().autocommit_block():
        # The check, which locks nobody out while it reads the table, spares NOT NULL to read it.
        op.execute("ALTER TABLE clients DROP CONSTRAINT IF EXISTS numbered")
        op.execute("ALTER TABLE clients ADD CONSTRAINT numbered CHECK (number IS NOT NULL) NOT VALID")
        op.execute("ALTER TABLE clients VALIDATE CONSTRAINT numbered")
        op.execute("ALTER TABLE clients ALTER COLUMN number SET NOT NULL")
        op.execute("ALTER TABLE clients DROP CONSTRAINT numbered")


def _number() -> None:
    """Ids tell the order: they begin with the time. No client is ever deleted, so an interrupted run left no gap."""
    write = text("UPDATE clients SET number = :number WHERE organization_id = :organization_id AND id = :id")
    organization_id, last = None, BEFORE_THE_FIRST
    for batch in earlier_rows("clients", ["number"]):
        numbered = []
        for row in batch:
            if row.organization_id != organization_id:
                organization_id, last = row.organization_id, BEFORE_THE_FIRST
            if row.number is None:
                numbered.append({"organization_id": organization_id, "id": row.id, "number": last + 1})
            if row.number in (None, last + 1):
                last += 1
        if numbered:
            op.get_bind().execute(write, numbered)
