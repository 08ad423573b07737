"""Who overrode a hold or voided an invoice, and when; why a held amendment was accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """New columns, which are empty in what there is."""
    op.add_column("invoices", sa.Column("overridden_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invoices", sa.Column("voided_by", sa.UUID(), nullable=True))
    op.add_column("invoices", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invoice_amendments", sa.Column("override_reason", sa.Text(), nullable=True))
    op.add_column("invoice_amendments", sa.Column("overridden_by", sa.UUID(), nullable=True))
    op.add_column("invoice_amendments", sa.Column("overridden_at", sa.DateTime(timezone=True), nullable=True))
