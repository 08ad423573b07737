"""The journal, client ledgers, payments, allocations, refunds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "0004"
down_revision = "0003"

# At commit each new entry must have two legs or more that sum to zero, all written in its own transaction.
# The tenant is set for the check, because a batch of events may be at another organization by then, and is
# put back after it.
ENSURE_BALANCED = """
CREATE FUNCTION ensure_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    tenant text := current_setting('app.organization_id', true);
    legs bigint;
    total numeric;
    written_in bigint;
BEGIN
    PERFORM set_config('app.organization_id', NEW.organization_id::text, true);
    SELECT count(*), sum(amount_cents) INTO legs, total
        FROM postings WHERE organization_id = NEW.organization_id AND entry_id = entry;
    SELECT transaction_id INTO written_in
        FROM journal_entries WHERE organization_id = NEW.organization_id AND id = entry;
    PERFORM set_config('app.organization_id', coalesce(tenant, ''), true);
    IF legs < 2 OR total <> 0 OR written_in IS DISTINCT FROM txid_current() THEN
        RAISE EXCEPTION 'journal entry % does not balance', entry USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Create and protect the tables."""
    op.create_table(
        "journal_entries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), server_default=sa.text("txid_current()"), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_journal_entries_organization_id_key")),
    )
    op.create_table(
        "postings",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("invoice_id", sa.UUID(), nullable=True),
        sa.Column("line_id", sa.UUID(), nullable=True),
        sa.Column("payment_id", sa.UUID(), nullable=True),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_postings_amount_cents")),
        sa.ForeignKeyConstraint(
            ["organization_id", "entry_id"],
            ["journal_entries.organization_id", "journal_entries.id"],
            name=op.f("fk_postings_organization_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "entry_id", "leg", name=op.f("pk_postings")),
    )
    op.create_index("ix_postings_client", "postings", ["organization_id", "client_id", "account"], unique=False)
    op.create_index("ix_postings_invoice", "postings", ["organization_id", "invoice_id", "account"], unique=False)
    op.create_table(
        "client_accounts",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("receivable_cents", sa.BigInteger(), nullable=False),
        sa.Column("credit_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_due_cents", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "client_id", name=op.f("pk_client_accounts")),
    )
    op.create_table(
        "ledger_rows",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("balance_after_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "entry_id"],
            ["journal_entries.organization_id", "journal_entries.id"],
            name=op.f("fk_ledger_rows_organization_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "sequence", name=op.f("pk_ledger_rows")),
        sa.UniqueConstraint("organization_id", "entry_id", name=op.f("uq_ledger_rows_organization_id_entry_id")),
    )
    op.create_table(
        "payments",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("unapplied_cents", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("method IN ('cash', 'check', 'card', 'other')", name=op.f("ck_payments_method")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_amount_cents")),
        sa.CheckConstraint(
            "unapplied_cents >= 0 AND unapplied_cents <= amount_cents",
            name=op.f("ck_payments_unapplied_cents"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_client", "payments", ["organization_id", "client_id", "id"], unique=False)
    op.create_index(
        "ix_payments_credit",
        "payments",
        ["organization_id", "client_id", "received_on", "id"],
        unique=False,
        postgresql_where=sa.text("unapplied_cents > 0"),
    )
    op.create_table(
        "allocations",
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_allocations_amount_cents")),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["invoices.organization_id", "invoices.id"],
            name=op.f("fk_allocations_organization_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "line_id"],
            ["invoice_lines.organization_id", "invoice_lines.id"],
            name=op.f("fk_allocations_organization_id_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "payment_id"],
            ["payments.organization_id", "payments.id"],
            name=op.f("fk_allocations_organization_id_payment_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_allocations")),
    )
    op.create_index("ix_allocations_invoice", "allocations", ["organization_id", "invoice_id"], unique=False)
    op.create_index("ix_allocations_payment", "allocations", ["organization_id", "payment_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refunds_amount_cents")),
        sa.ForeignKeyConstraint(
            ["organization_id", "payment_id"],
            ["payments.organization_id", "payments.id"],
            name=op.f("fk_refunds_organization_id_payment_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_refunds")),
    )
    op.create_index("ix_refunds_payment", "refunds", ["organization_id", "payment_id"], unique=False)
    protect_tenant_table("billing", "client_accounts", "SELECT, INSERT, UPDATE")
    # Of a payment nothing changes but what is left of it.
    protect_tenant_table("billing", "payments", "SELECT, INSERT, UPDATE (unapplied_cents)")
    for table in ("journal_entries", "postings", "ledger_rows", "allocations", "refunds"):
        protect_tenant_table("billing", table, "SELECT, INSERT")
        op.execute(
            f"CREATE TRIGGER append_only_update BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(ENSURE_BALANCED)
    for table, entry in (("journal_entries", "id"), ("postings", "entry_id")):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW EXECUTE FUNCTION ensure_balanced('{entry}')"
        )
