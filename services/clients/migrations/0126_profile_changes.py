"""How a client's basic data was changed: each field with its value before and after."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clients_0126"
down_revision = "clients_0122"


def upgrade() -> None:
    """Add only. What the release before this one changes meanwhile is in the audit trail, without its values."""
    op.create_table(
        "profile_changes",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.UUID(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_profile_changes")),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_profile_changes_organization_id_client_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_profile_changes_client", "profile_changes", ["organization_id", "client_id", "id"])
    protect_tenant_table("clients", "profile_changes", "SELECT, INSERT")
