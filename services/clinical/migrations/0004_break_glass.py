"""Records opened in an emergency; copies keep whether Administration sees assigned cases only."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clinical_0004"
down_revision = "clinical_0003"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()


def upgrade() -> None:
    """Add only."""
    op.add_column(
        "organization_copies",
        sa.Column("restricts_administration", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_table(
        "break_glass_openings",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("client_id", UUID, nullable=False),
        sa.Column("staff_id", UUID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("reviewed_at", TIME, nullable=True),
        sa.Column("reviewed_by", UUID, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("comment", TEXT, nullable=True),
        sa.CheckConstraint("outcome IN ('justified', 'not_justified')", name=op.f("ck_break_glass_openings_outcome")),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (outcome IS NULL) AND (reviewed_at IS NULL) = (reviewed_by IS NULL)",
            name=op.f("ck_break_glass_openings_review"),
        ),
        sa.CheckConstraint("reviewed_by <> staff_id", name=op.f("ck_break_glass_openings_reviewer")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_break_glass_openings")),
    )
    for name, columns in {
        "staff": ["organization_id", "staff_id", "ends_at"],
        "client": ["organization_id", "client_id", "id"],
    }.items():
        op.create_index(f"ix_break_glass_openings_{name}", "break_glass_openings", columns, unique=False)
    op.create_index(
        "ix_break_glass_openings_unreviewed",
        "break_glass_openings",
        ["organization_id", "id"],
        unique=False,
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    protect_tenant_table("clinical", "break_glass_openings", "SELECT, INSERT, UPDATE")
