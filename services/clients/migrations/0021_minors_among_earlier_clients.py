"""Earlier clients under eighteen are minors. Runs again if interrupted."""

from alembic import op

from shared.database.migration import fill_in

revision = "clients_0021"
down_revision = "clients_0020"


def upgrade() -> None:
    """Short locks: few are under eighteen, and the conditions of the revision before are proved beside other work."""
    fill_in(
        ["clients"],
        "UPDATE clients SET client_type = 'minor'"
        " WHERE client_type = 'adult' AND date_of_birth > current_date - interval '18 years'",
    )
    for name in ("status", "client_type"):
        op.execute(f"ALTER TABLE clients VALIDATE CONSTRAINT ck_clients_{name}")
