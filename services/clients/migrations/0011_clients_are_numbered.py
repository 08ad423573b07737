"""A client has a number: one counter per organization, from 1001 on, and none is given twice."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clients_0011"
down_revision = "clients_0010"


def upgrade() -> None:
    """A trigger numbers what is added from now on, by the code before this one too.

    The counter begins behind the numbers that the next revision gives to earlier clients. Nobody adds one while it is
    counted: the new column has the table locked.
    """
    op.create_table(
        "client_counters",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_client_counters")),
    )
    op.add_column("clients", sa.Column("number", sa.Integer(), nullable=True))
    op.execute("ALTER TABLE clients NO FORCE ROW LEVEL SECURITY")  # the owner alone sees more, within this transaction
    op.execute("INSERT INTO client_counters SELECT organization_id, 1000 + count(*) FROM clients GROUP BY 1")
    op.execute("ALTER TABLE clients FORCE ROW LEVEL SECURITY")
    protect_tenant_table("clients", "client_counters", "SELECT, INSERT, UPDATE")
    op.execute(
        "CREATE FUNCTION number_client() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO client_counters AS counter (organization_id, last_number) VALUES (NEW.organization_id, 1001) "
        "ON CONFLICT (organization_id) DO UPDATE SET last_number = counter.last_number + 1 "
        "RETURNING last_number INTO NEW.number; "
        "RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER clients_number BEFORE INSERT ON clients FOR EACH ROW EXECUTE FUNCTION number_client()")
