"""Fields of a practice's own, and what they say of each client."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clients_0068"
down_revision = "clients_0060"


def upgrade() -> None:
    """The code before this one knows no own fields and keeps their values. The default is a constant: no rewrite."""
    op.add_column("clients", sa.Column("custom", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False))
    op.create_table(
        "client_fields",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on_new_client", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "type IN ('text', 'number', 'date', 'choice', 'yes_no')", name=op.f("ck_client_fields_type")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_fields")),
    )
    op.create_index("ix_client_fields_position", "client_fields", ["organization_id", "position", "id"])
    op.create_index("uq_client_fields_slug", "client_fields", ["organization_id", "slug"], unique=True)
    protect_tenant_table("clients", "client_fields", "SELECT, INSERT, UPDATE")
