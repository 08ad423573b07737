"""When a case was closed and opened again, by whom and why."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clinical_0019"
down_revision = "clinical_0018"


def upgrade() -> None:
    """A new table, to which lines are only added; the previous release closes cases without one."""
    op.create_table(
        "case_status_changes",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_staff_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_case_status_changes_status")),
        sa.CheckConstraint(
            "closing_reason IS NULL OR status = 'closed'", name=op.f("ck_case_status_changes_closing_reason")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "case_id"],
            ["cases.organization_id", "cases.id"],
            name=op.f("fk_case_status_changes_organization_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_case_status_changes")),
    )
    op.create_index("ix_case_status_changes_case", "case_status_changes", ["organization_id", "case_id", "id"])
    protect_tenant_table("clinical", "case_status_changes", "SELECT, INSERT")
