"""Addresses that somebody signed in from, and counts of failed sign-ins that go when they keep nobody out any more."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import let_worker_purge, protect_tenant_table

revision = "identity_0015"
down_revision = "identity_0014"


def upgrade() -> None:
    """Add only, and let more buckets be used; the code before this one uses the first of them."""
    op.create_table(
        "known_addresses",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "staff_id"],
            ["staff.organization_id", "staff.id"],
            name=op.f("fk_known_addresses_organization_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "staff_id", "address", name=op.f("pk_known_addresses")),
    )
    op.create_index("ix_known_addresses_last_used_at", "known_addresses", ["last_used_at"], unique=False)
    protect_tenant_table("identity", "known_addresses")
    let_worker_purge("identity", "known_addresses", "last_used_at < now() - interval '60 days'")
    op.create_index("ix_sign_in_failures_since", "sign_in_failures", ["since"], unique=False)
    op.execute("GRANT DELETE ON sign_in_failures TO identity_worker")
    let_worker_purge("identity", "sign_in_failures", "since < now() - interval '1 day'")
    op.drop_constraint(op.f("ck_sign_in_failures_bucket"), "sign_in_failures", type_="check")
    op.create_check_constraint("bucket", "sign_in_failures", f"bucket BETWEEN 0 AND {(1 << 30) - 1}")
