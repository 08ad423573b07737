"""A client counts the members of staff who are assigned, so that clients without anybody come from an index."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0013"
down_revision = "clients_0012"


def upgrade() -> None:
    """A trigger counts, in the transaction that assigns, also for the code before this one.

    A new client has nobody. The count of an earlier one is null until the next revision gives it; null stays null here.
    """
    op.add_column("clients", sa.Column("staff_count", sa.Integer(), nullable=True))
    op.alter_column("clients", "staff_count", server_default="0")
    op.execute(
        "CREATE FUNCTION count_staff() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE clients SET staff_count = staff_count + CASE WHEN NEW.active THEN 1 ELSE -1 END "
        "WHERE organization_id = NEW.organization_id AND id = NEW.client_id; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER assignments_added AFTER INSERT ON assignments FOR EACH ROW WHEN (NEW.active) "
        "EXECUTE FUNCTION count_staff()"
    )
    op.execute(
        "CREATE TRIGGER assignments_changed AFTER UPDATE OF active ON assignments FOR EACH ROW "
        "WHEN (NEW.active <> OLD.active) EXECUTE FUNCTION count_staff()"
    )
