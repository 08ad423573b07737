"""What a practice no longer asks of a client is written off, up to the practice's limit."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """New columns with a default, and a new table. Identity tells of the practices that chose a limit."""
    op.add_column(
        "organization_copies", sa.Column("write_off_limit_cents", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("invoices", sa.Column("written_off_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "write_offs",
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_off_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_reason", sa.Text(), nullable=True),
        sa.Column("reversed_by", sa.UUID(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_write_offs_amount_cents")),
        sa.CheckConstraint("kind IN ('courtesy', 'small_balance', 'bad_debt')", name=op.f("ck_write_offs_kind")),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["invoices.organization_id", "invoices.id"],
            name=op.f("fk_write_offs_organization_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "entry_id"],
            ["journal_entries.organization_id", "journal_entries.id"],
            name=op.f("fk_write_offs_organization_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_write_offs")),
    )
    op.create_index("ix_write_offs_invoice", "write_offs", ["organization_id", "invoice_id", "id"], unique=False)
    # Of a write-off nothing changes but, once, that it was reversed.
    protect_tenant_table("billing", "write_offs", "SELECT, INSERT, UPDATE (reversed_reason, reversed_by, reversed_at)")
