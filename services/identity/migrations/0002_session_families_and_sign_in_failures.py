"""Refresh tokens in families, sign-out for good on deactivation, wrong passwords counted per address."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "identity_0002"
down_revision = "identity_0001"


def upgrade() -> None:
    """Columns go at once, not in three steps: nothing was released with them."""
    op.drop_index("ix_sessions_previous_refresh_hash", table_name="sessions")
    op.drop_column("sessions", "previous_refresh_hash")
    op.add_column("sessions", sa.Column("refresh_family", sa.LargeBinary(), nullable=True))
    op.create_index("uq_sessions_refresh_family", "sessions", ["organization_id", "refresh_family"], unique=True)
    op.drop_column("staff", "failed_sign_ins")
    op.drop_column("staff", "failing_since")
    op.add_column("staff", sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "sign_in_failures",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bucket BETWEEN 0 AND 65535", name=op.f("ck_sign_in_failures_bucket")),
        sa.PrimaryKeyConstraint("organization_id", "bucket", name=op.f("pk_sign_in_failures")),
    )
    protect_tenant_table("identity", "sign_in_failures", "SELECT, INSERT, UPDATE")
