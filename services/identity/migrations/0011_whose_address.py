"""Whose an address is: shown by a token from its mailbox. Which accounts of one address are tried first."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0011"
down_revision = "identity_0010"


def upgrade() -> None:
    """Add only; beside `accounts_for_sign_in`, which the code before this one calls."""
    op.add_column("staff", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("CREATE POLICY signin ON known_networks FOR SELECT TO identity_signin USING (true)")
    op.execute("GRANT SELECT (organization_id, staff_id, network, last_used_at) ON known_networks TO identity_signin")
    op.execute("GRANT SELECT (email_confirmed_at) ON staff TO identity_signin")
    op.execute(
        """
        CREATE FUNCTION accounts_to_try(wanted text, within uuid, here text, since timestamptz, most integer)
        RETURNS TABLE (organization_id uuid, organization_name text, staff_id uuid, password_hash text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
        $$ SELECT s.organization_id, o.name, s.id, s.password_hash
           FROM staff s JOIN organizations o ON o.organization_id = s.organization_id
           WHERE s.email_key = wanted AND s.active AND s.password_hash IS NOT NULL
             AND (within IS NULL OR s.organization_id = within)
           ORDER BY EXISTS (SELECT FROM known_networks k WHERE k.organization_id = s.organization_id
                            AND k.staff_id = s.id AND k.network = here AND k.last_used_at > since) DESC,
                    s.email_confirmed_at IS NULL, s.id
           LIMIT least(most, 20) $$
        """
    )
    signature = "accounts_to_try(text, uuid, text, timestamptz, integer)"
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO identity_app, identity_worker")
    op.execute("GRANT CREATE ON SCHEMA public TO identity_signin")
    op.execute(f"ALTER FUNCTION {signature} OWNER TO identity_signin")
    op.execute("REVOKE CREATE ON SCHEMA public FROM identity_signin")
