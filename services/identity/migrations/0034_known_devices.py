"""Browsers that somebody signed in with."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import let_worker_purge, protect_tenant_table

revision = "identity_0034"
down_revision = "identity_0033"


def upgrade() -> None:
    """Add only."""
    op.create_table(
        "known_devices",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "staff_id"],
            ["staff.organization_id", "staff.id"],
            name=op.f("fk_known_devices_organization_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "staff_id", "device", name=op.f("pk_known_devices")),
    )
    op.create_index("ix_known_devices_last_used_at", "known_devices", ["last_used_at"], unique=False)
    protect_tenant_table("identity", "known_devices")
    let_worker_purge("identity", "known_devices", "last_used_at < now() - interval '200 days'")
