"""A client's phone as digits, from its beginning and from its end, so that either finds the client."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0017"
down_revision = "clients_0015"


def upgrade() -> None:
    """A trigger keeps both, also for the code before this one. Earlier phones get theirs in the next revision."""
    for name in ("phone_digits", "phone_reversed"):
        op.add_column("clients", sa.Column(name, sa.Text(collation="C"), nullable=True))
    op.execute(
        "CREATE FUNCTION keep_phone_digits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "NEW.phone_digits := regexp_replace(split_part(NEW.phone, ' ext', 1), '[^0-9]', '', 'g'); "
        "NEW.phone_reversed := reverse(NEW.phone_digits); "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER clients_phone BEFORE INSERT OR UPDATE OF phone ON clients FOR EACH ROW "
        "EXECUTE FUNCTION keep_phone_digits()"
    )
