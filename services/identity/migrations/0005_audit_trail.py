"""The audit trail: the entries of all services in one chain per organization."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import feed_audit_trail, protect_tenant_table, protect_worker_table

revision = "identity_0005"
down_revision = "identity_0004"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()


def upgrade() -> None:
    """Nobody may change or delete an entry: the web role reads, the worker reads and appends."""
    feed_audit_trail("identity")
    op.add_column(
        "audit_entries", sa.Column("client_ids", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False)
    )
    op.add_column("idempotency_keys", sa.Column("about", postgresql.JSONB(), nullable=True))
    op.create_table(
        "audit_trail",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("service", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("actor_id", UUID, nullable=True),
        sa.Column("session_id", UUID, nullable=True),
        sa.Column("object_id", UUID, nullable=True),
        sa.Column("client_ids", postgresql.ARRAY(UUID), nullable=False),
        sa.Column("rule", TEXT, nullable=True),
        sa.Column("request_id", TEXT, nullable=True),
        sa.Column("correlation_id", TEXT, nullable=True),
        sa.Column("network", TEXT, nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "seq", name=op.f("pk_audit_trail")),
        sa.UniqueConstraint("organization_id", "id", name="uq_audit_trail_id"),
    )
    op.create_index("ix_audit_trail_at", "audit_trail", ["organization_id", "at", "seq"])
    for name in ("actor", "object"):
        op.create_index(f"ix_audit_trail_{name}", "audit_trail", ["organization_id", f"{name}_id", "at", "seq"])
    op.create_index("ix_audit_trail_action", "audit_trail", ["organization_id", "action", "at", "seq"])
    op.create_index(
        "ix_audit_trail_denied",
        "audit_trail",
        ["organization_id", "at", "seq"],
        postgresql_where=sa.text("outcome = 'denied'"),
    )
    op.create_table(
        "audit_trail_clients",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", UUID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "seq", "client_id", name=op.f("pk_audit_trail_clients")),
    )
    op.create_index(
        "ix_audit_trail_clients_client", "audit_trail_clients", ["organization_id", "client_id", "at", "seq"]
    )
    op.create_table(
        "audit_heads",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("checkpoint_seq", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_audit_heads")),
    )
    op.create_index(
        "ix_audit_heads_grown", "audit_heads", ["checkpoint_at"], postgresql_where=sa.text("seq > checkpoint_seq")
    )
    protect_tenant_table("identity", "audit_trail", "SELECT")
    protect_tenant_table("identity", "audit_trail_clients", "SELECT")
    op.execute("GRANT INSERT ON audit_trail, audit_trail_clients TO identity_worker")
    protect_worker_table("identity", "audit_heads", "SELECT", "SELECT, INSERT, UPDATE")
