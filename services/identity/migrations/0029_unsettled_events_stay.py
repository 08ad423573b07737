"""The worker deletes an event only when it is settled; two functions that tell password hashes go."""

from alembic import op

from shared.database.migration import keep_unsettled_events

revision = "identity_0029"
down_revision = "identity_0028"


def upgrade() -> None:
    """The code before calls neither function: since identity_0011 it signs people in through `accounts_to_try`.

    Nor does its purge delete anything else than settled events. `accounts_for_sign_in` alone read sessions.
    """
    keep_unsettled_events("identity")
    # They belong to `identity_signin`, which `identity_owner` may become, and inherits nothing from.
    op.execute("SET LOCAL ROLE identity_signin")
    op.execute("DROP FUNCTION accounts_by_email(text)")
    op.execute("DROP FUNCTION accounts_for_sign_in(text, uuid, integer)")
    op.execute("RESET ROLE")
    op.execute("DROP POLICY signin ON sessions")
    op.execute("REVOKE SELECT (organization_id, staff_id, id) ON sessions FROM identity_signin")
