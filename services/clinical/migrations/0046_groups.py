"""Groups, their members by date, and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clinical_0046"
down_revision = "clinical_0045"


def upgrade() -> None:
    """Add only."""
    op.create_table(
        "groups",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("service_type_id", sa.UUID(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("staff", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 30", name=op.f("ck_groups_capacity")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_groups")),
    )
    op.create_index("ix_groups_sort_key", "groups", ["organization_id", "sort_key", "id"])
    protect_tenant_table("clinical", "groups", "SELECT, INSERT, UPDATE")
    op.create_table(
        "group_members",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("group_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR first_day <= last_day", name=op.f("ck_group_members_in_order")),
        sa.ForeignKeyConstraint(
            ["organization_id", "group_id"],
            ["groups.organization_id", "groups.id"],
            name=op.f("fk_group_members_organization_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "group_id", "client_id", "first_day", name=op.f("pk_group_members")),
    )
    op.create_index("ix_group_members_client", "group_members", ["organization_id", "client_id", "group_id"])
    protect_tenant_table("clinical", "group_members")
    op.create_table(
        "group_changes",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("group_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_actor_id", sa.UUID(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("staff", postgresql.ARRAY(sa.UUID()), nullable=True),
        sa.CheckConstraint("change IN ('created', 'changed', 'joined', 'left')", name=op.f("ck_group_changes_change")),
        sa.CheckConstraint(
            "(change IN ('joined', 'left')) = (client_id IS NOT NULL)", name=op.f("ck_group_changes_whose")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "group_id"],
            ["groups.organization_id", "groups.id"],
            name=op.f("fk_group_changes_organization_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_group_changes")),
    )
    op.create_index("ix_group_changes_group", "group_changes", ["organization_id", "group_id", "id"])
    protect_tenant_table("clinical", "group_changes", "SELECT, INSERT")
