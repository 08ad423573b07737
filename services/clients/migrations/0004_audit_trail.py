"""What is written down of this service reaches the organization's audit trail; checkpoints of that trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import feed_audit_trail, protect_worker_table

revision = "clients_0004"
down_revision = "clients_0003"


def upgrade() -> None:
    """Queue every entry from now on, and keep checkpoints that nobody may change."""
    feed_audit_trail("clients")
    op.add_column(
        "audit_entries", sa.Column("client_ids", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False)
    )
    op.add_column("idempotency_keys", sa.Column("about", postgresql.JSONB(), nullable=True))
    op.create_table(
        "audit_checkpoints",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "seq", "hash", name=op.f("pk_audit_checkpoints")),
    )
    protect_worker_table("clients", "audit_checkpoints", "", "SELECT, INSERT")
