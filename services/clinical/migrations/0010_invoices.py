"""Which appointments are billed, as billing tells it."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clinical_0010"
down_revision = "clinical_0009"


def upgrade() -> None:
    """A new table."""
    op.create_table(
        "invoice_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_invoice_copies")),
    )
    op.create_index(
        "ix_invoice_copies_appointment", "invoice_copies", ["organization_id", "appointment_id", "client_id"]
    )
    protect_tenant_table("clinical", "invoice_copies")
