"""An invoice has a place by its number: ML-2026-10 comes after ML-2026-9, and ML-2027-1 after both."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add only. A trigger places what is issued from now on, by the code before this one too."""
    op.add_column("invoices", sa.Column("number_place", sa.BigInteger(), nullable=True))
    op.execute(
        # A number ends with its year and, behind a dash, its count within the year.
        "CREATE FUNCTION place_of_number(number text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ "
        r"SELECT substring(number FROM '(\d{4})-\d+$')::bigint * 1000000000 + substring(number FROM '\d+$')::bigint $$"
    )
    op.execute(
        "CREATE FUNCTION place_invoice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "NEW.number_place := place_of_number(NEW.number); "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER invoices_number_place BEFORE INSERT OR UPDATE OF number ON invoices "
        "FOR EACH ROW EXECUTE FUNCTION place_invoice()"
    )
