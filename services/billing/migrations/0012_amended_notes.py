"""Notes that were amended without any effect on what is billed."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A new table."""
    op.create_table(
        "amended_notes",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "appointment_id", "client_id", name=op.f("pk_amended_notes")),
    )
    protect_tenant_table("billing", "amended_notes")
