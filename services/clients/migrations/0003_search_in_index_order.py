"""Words of names in the order of an index, each with the name that orders clients who share it."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0003"
down_revision = "clients_0002"


def upgrade() -> None:
    """All at once, not in three steps, and the index not concurrently: nothing was released before it."""
    op.drop_index("ix_client_tokens_prefix", table_name="client_tokens")
    op.alter_column("client_tokens", "token", type_=sa.Text(collation="C"))
    op.add_column("client_tokens", sa.Column("name", sa.Text(collation="C"), nullable=True))
    _fill()
    op.alter_column("client_tokens", "name", nullable=False)
    op.create_index(
        "ix_client_tokens_prefix", "client_tokens", ["organization_id", "token", "name", "client_id"], unique=False
    )


def _fill() -> None:
    """What is there already. The owner is held to the policies too, except while this transaction lifts that."""
    tables = ("clients", "client_tokens", "assignments", "assignment_changes")
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE client_tokens t SET name = left(lower(c.family_name || ' ' || c.given_name), 100) FROM clients c"
        " WHERE c.organization_id = t.organization_id AND c.id = t.client_id"
    )
    # The column came empty with the revision before.
    op.execute(
        "UPDATE assignments a SET through_case_id = c.through_case_id FROM assignment_changes c"
        " WHERE c.organization_id = a.organization_id AND c.client_id = a.client_id AND c.staff_id = a.staff_id"
        " AND c.version = a.version"
    )
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
