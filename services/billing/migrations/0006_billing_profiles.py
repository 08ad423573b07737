"""What the practice prints and bills under, and what each issued invoice was issued under."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migration import protect_tenant_table

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add only: invoices issued before have no biller on record."""
    op.create_table(
        "billing_profile_copies",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("printed", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "version", name=op.f("pk_billing_profile_copies")),
    )
    op.create_index(
        "ix_billing_profile_copies_in_force",
        "billing_profile_copies",
        ["organization_id", "effective_from", "version"],
        unique=False,
    )
    protect_tenant_table("billing", "billing_profile_copies", "SELECT, INSERT")
    op.add_column("invoices", sa.Column("biller", postgresql.JSONB(), nullable=True))
