"""Passkeys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "identity_0009"
down_revision = "identity_0008"


def upgrade() -> None:
    """A table of their own; the code before this one does not know it."""
    uuid, instant, text = sa.UUID(), sa.DateTime(timezone=True), sa.Text()
    op.create_table(
        "passkeys",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("id", uuid, nullable=False),
        sa.Column("staff_id", uuid, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", postgresql.ARRAY(text), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("last_used_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "staff_id"],
            ["staff.organization_id", "staff.id"],
            name=op.f("fk_passkeys_organization_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_passkeys")),
    )
    op.create_index("uq_passkeys_credential", "passkeys", ["organization_id", "credential_id"], unique=True)
    op.create_index("ix_passkeys_staff", "passkeys", ["organization_id", "staff_id", "id"], unique=False)
    protect_tenant_table("identity", "passkeys")
