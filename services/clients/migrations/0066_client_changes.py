"""Changes of clients that every service has to agree to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import let_worker_purge, protect_tenant_table

revision = "clients_0066"
down_revision = "clients_0068"


def upgrade() -> None:
    """A table; and counts of open work go with their client."""
    op.create_table(
        "client_changes",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('applied', 'dropped')", name=op.f("ck_client_changes_outcome")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_changes")),
    )
    op.create_index("ix_client_changes_created_at", "client_changes", ["created_at"])
    protect_tenant_table("clients", "client_changes")
    let_worker_purge("clients", "client_changes", "created_at < now() - interval '30 days'")
    op.execute("GRANT DELETE ON open_work_copies TO clients_worker")
