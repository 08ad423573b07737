"""The address that an invitation was sent to."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0012"
down_revision = "identity_0011"


def upgrade() -> None:
    """Add only. The code before this one does not set the address: a trigger does, for as long as that code may run."""
    op.add_column("invitations", sa.Column("email_key", sa.Text(), nullable=True))
    op.execute(
        """
        CREATE FUNCTION keep_address_of_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT email_key INTO NEW.email_key FROM staff
            WHERE organization_id = NEW.organization_id AND id = NEW.staff_id;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_address BEFORE INSERT ON invitations FOR EACH ROW WHEN (NEW.email_key IS NULL) "
        "EXECUTE FUNCTION keep_address_of_invitation()"
    )
    # Another address ends what was sent to the one before, also for a process that does not compare the two.
    op.execute(
        """
        CREATE FUNCTION end_invitations_to_former_address() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE invitations SET revoked_at = now()
            WHERE organization_id = NEW.organization_id AND staff_id = NEW.id
              AND used_at IS NULL AND revoked_at IS NULL;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER end_invitations AFTER UPDATE OF email_key ON staff FOR EACH ROW "
        "WHEN (OLD.email_key IS DISTINCT FROM NEW.email_key) EXECUTE FUNCTION end_invitations_to_former_address()"
    )
