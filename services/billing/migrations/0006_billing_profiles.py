"""What the practice, its locations and its staff print and bill under; what each invoice and line was issued under."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add only: of invoices issued before it is not on record."""
    op.create_table(
        "billing_profile_copies",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("printed", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "subject", "subject_id", "version", name=op.f("pk_billing_profile_copies")
        ),
    )
    op.create_index(
        "ix_billing_profile_copies_in_force",
        "billing_profile_copies",
        ["organization_id", "subject", "subject_id", "effective_from", "version"],
        unique=False,
    )
    protect_tenant_table("billing", "billing_profile_copies", "SELECT, INSERT")
    op.add_column("invoices", sa.Column("biller", postgresql.JSONB(), nullable=True))
    for name in ("rendering", "place"):
        op.add_column("invoice_lines", sa.Column(name, postgresql.JSONB(), nullable=True))
