"""Words by whose beginnings staff are found."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "identity_0041"
down_revision = "identity_0040"


def upgrade() -> None:
    """Add only. Words of earlier staff come in the next revision."""
    op.create_table(
        "staff_tokens",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("token", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "staff_id"],
            ["staff.organization_id", "staff.id"],
            name=op.f("fk_staff_tokens_organization_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "staff_id", "token", name=op.f("pk_staff_tokens")),
    )
    op.create_index("ix_staff_tokens_prefix", "staff_tokens", ["organization_id", "token", "staff_id"], unique=False)
    protect_tenant_table("identity", "staff_tokens")
