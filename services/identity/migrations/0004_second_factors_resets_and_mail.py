"""Second factors, password resets, mail, known networks; sessions that lie idle."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import let_worker_purge, protect_tenant_table, protect_worker_table

revision = "identity_0004"
down_revision = "identity_0003"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()


def upgrade() -> None:
    """Add only; what is new has defaults that the code before this one can live with."""
    op.add_column(
        "organizations", sa.Column("requires_second_factor", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("organizations", sa.Column("idle_minutes", sa.Integer(), server_default="15", nullable=False))
    texts = postgresql.ARRAY(TEXT)
    op.add_column("sessions", sa.Column("factors", texts, server_default="{password}", nullable=False))
    op.add_column("sessions", sa.Column("network", TEXT, nullable=True))
    # Whoever is signed in at this moment counts as having been here just now; and whoever signs in by the code before.
    op.add_column("sessions", sa.Column("last_used_at", TIME, server_default=sa.text("now()"), nullable=True))
    _table("known_networks", ["staff_id", "network"], network=TEXT, last_used_at=TIME)
    _table(
        "authenticators",
        ["staff_id"],
        sealed_secret=sa.LargeBinary(),
        confirmed_at=None,
        last_step=sa.Integer(),
        created_at=TIME,
    )
    _table("recovery_codes", ["staff_id", "code_hash"], code_hash=sa.LargeBinary(), used_at=None)
    _table(
        "mailed_tokens",
        ["id"],
        id=UUID,
        purpose=TEXT,
        token_hash=sa.LargeBinary(),
        new_email=TEXT,
        created_at=TIME,
        expires_at=TIME,
        used_at=None,
    )
    op.create_index("uq_mailed_tokens_hash", "mailed_tokens", ["organization_id", "token_hash"], unique=True)
    op.create_index(
        "ix_mailed_tokens_staff",
        "mailed_tokens",
        ["organization_id", "staff_id", "purpose", "created_at"],
        unique=False,
    )
    op.create_index("ix_mailed_tokens_expires_at", "mailed_tokens", ["expires_at"], unique=False)
    op.create_index("ix_known_networks_last_used_at", "known_networks", ["last_used_at"], unique=False)
    op.create_table(
        "reset_requests",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_reset_requests")),
    )
    op.create_index("uq_reset_requests_email_key", "reset_requests", ["organization_id", "email_key"], unique=True)
    op.create_index("ix_reset_requests_requested_at", "reset_requests", ["requested_at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("template", TEXT, nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("useful_until", TIME, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("given_up_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_mail")),
    )
    op.create_index(
        "ix_mail_due",
        "mail",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_index(
        "ix_mail_done",
        "mail",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL OR given_up_at IS NOT NULL"),
    )
    for table in ("known_networks", "authenticators", "recovery_codes", "mailed_tokens"):
        protect_tenant_table("identity", table)
    let_worker_purge("identity", "known_networks", "last_used_at < now() - interval '60 days'")
    for table in ("mailed_tokens", "invitations", "sessions"):
        let_worker_purge("identity", table, "expires_at < now() - interval '35 days'")
    # The worker answers requests and sends mail for every organization.
    protect_worker_table("identity", "reset_requests", "INSERT")
    protect_worker_table("identity", "mail", "INSERT")
    _accounts_for_sign_in()


def _table(name: str, key: list[str], **columns: sa.types.TypeEngine[object] | None) -> None:
    """A table of one member's things. None stands for an instant that may be missing."""
    optional = {"last_step", "new_email"}
    op.create_table(
        name,
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("staff_id", UUID, nullable=False),
        *(
            sa.Column(column, kind if kind is not None else TIME, nullable=kind is None or column in optional)
            for column, kind in columns.items()
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "staff_id"],
            ["staff.organization_id", "staff.id"],
            name=op.f(f"fk_{name}_organization_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", *key, name=op.f(f"pk_{name}")),
    )


def _accounts_for_sign_in() -> None:
    """Beside `accounts_by_email`, which the code before this one calls."""
    op.execute("CREATE POLICY signin ON sessions FOR SELECT TO identity_signin USING (true)")
    op.execute("GRANT SELECT (organization_id, staff_id, id) ON sessions TO identity_signin")
    op.execute(
        """
        CREATE FUNCTION accounts_for_sign_in(wanted text, within uuid, most integer)
        RETURNS TABLE (organization_id uuid, organization_name text, staff_id uuid, password_hash text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
        $$ SELECT s.organization_id, o.name, s.id, s.password_hash
           FROM staff s JOIN organizations o ON o.organization_id = s.organization_id
           WHERE s.email_key = wanted AND s.active AND s.password_hash IS NOT NULL
             AND (within IS NULL OR s.organization_id = within)
           ORDER BY (SELECT n.id FROM sessions n
                     WHERE n.organization_id = s.organization_id AND n.staff_id = s.id
                     ORDER BY n.id DESC LIMIT 1) DESC NULLS LAST, s.id
           LIMIT least(most, 20) $$
        """
    )
    signature = "accounts_for_sign_in(text, uuid, integer)"
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO identity_app, identity_worker")
    op.execute("GRANT CREATE ON SCHEMA public TO identity_signin")
    op.execute(f"ALTER FUNCTION {signature} OWNER TO identity_signin")
    op.execute("REVOKE CREATE ON SCHEMA public FROM identity_signin")
