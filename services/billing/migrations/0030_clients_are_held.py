"""A client is held while it is decided whether they are deleted."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Columns without a default: no rewrite of the table. Assignments go with their client."""
    op.execute("ALTER TABLE client_copies ADD COLUMN held_by uuid, ADD COLUMN held_until timestamptz")
    op.execute("GRANT DELETE ON assignment_copies TO billing_worker")
