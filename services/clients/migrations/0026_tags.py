"""Tags of clients, and who has which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clients_0026"
down_revision = "clients_0025"


def upgrade() -> None:
    """The code before this one knows no tags and keeps them. The default is a constant: no rewrite."""
    op.add_column("clients", sa.Column("tags", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.create_table(
        "client_tags",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_client_tags_organization_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "key", name=op.f("pk_client_tags")),
    )
    op.create_index("ix_client_tags_key", "client_tags", ["organization_id", "key", "client_id"])
    protect_tenant_table("clients", "client_tags", "SELECT, INSERT, UPDATE, DELETE")
