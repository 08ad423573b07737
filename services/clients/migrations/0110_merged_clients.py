"""A client may be merged into another one, and who merged whom is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import let_worker_purge, protect_tenant_table

revision = "clients_0110"
down_revision = "clients_0106"


def upgrade() -> None:
    """Add only. A merge that was never made goes after 30 days; one that was made stays."""
    op.add_column("clients", sa.Column("merged_into", sa.UUID(), nullable=True))
    op.create_index(
        "ix_clients_merged",
        "clients",
        ["organization_id", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    empty = sa.text("'{}'")
    op.create_table(
        "client_merges",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("into_client_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_by", sa.UUID(), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given", postgresql.JSONB(), server_default=empty, nullable=False),
        sa.Column("came_along", postgresql.JSONB(), server_default=empty, nullable=False),
        sa.Column("parted_by", sa.UUID(), nullable=True),
        sa.Column("parting_job_id", sa.UUID(), nullable=True),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stayed", postgresql.JSONB(), server_default=empty, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_merges")),
    )
    # Who was merged into a client, and that nobody is merged into two.
    op.create_index("ix_client_merges_into", "client_merges", ["organization_id", "into_client_id", "id"])
    op.create_index(
        "uq_client_merges_merged",
        "client_merges",
        ["organization_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("merged_at IS NOT NULL AND parted_at IS NULL"),
    )
    op.create_index(
        "ix_client_merges_never_made",
        "client_merges",
        ["created_at"],
        postgresql_where=sa.text("merged_at IS NULL"),
    )
    protect_tenant_table("clients", "client_merges")
    let_worker_purge("clients", "client_merges", "created_at < now() - interval '30 days' AND merged_at IS NULL")
