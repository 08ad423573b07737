"""Invoices, draft lines, issued lines, amendments, numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "0003"
down_revision = "0002"

# The grants keep the services' roles from it; this keeps everybody else.
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Create and protect the tables."""
    op.create_table(
        "invoices",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("client_due_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_due_cents", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("overridden_by", sa.UUID(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("(number IS NULL) = (issued_on IS NULL)", name=op.f("ck_invoices_number")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_invoices_organization_id_number")),
    )
    op.create_index("ix_invoices_appointment", "invoices", ["organization_id", "appointment_id"], unique=False)
    op.create_index("ix_invoices_client", "invoices", ["organization_id", "client_id", "id"], unique=False)
    op.create_index("ix_invoices_status", "invoices", ["organization_id", "status", "id"], unique=False)
    op.create_index(
        "uq_invoices_draft",
        "invoices",
        ["organization_id", "appointment_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_table(
        "invoice_draft_lines",
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("holds", postgresql.JSONB(), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("documented_version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("note_id", sa.UUID(), nullable=False),
        sa.Column("service_type_id", sa.UUID(), nullable=False),
        sa.Column("rendering_staff_id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("diagnosis_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("modifiers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("rate_cents", sa.BigInteger(), nullable=True),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("client_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_cents", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("charge_cents = client_cents + insurance_cents", name=op.f("ck_invoice_draft_lines_split")),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["invoices.organization_id", "invoices.id"],
            name=op.f("fk_invoice_draft_lines_organization_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_invoice_draft_lines")),
    )
    op.create_index(
        "ix_invoice_draft_lines_appointment",
        "invoice_draft_lines",
        ["organization_id", "appointment_id", "client_id"],
        unique=False,
    )
    op.create_index(
        "ix_invoice_draft_lines_invoice",
        "invoice_draft_lines",
        ["organization_id", "invoice_id"],
        unique=False,
    )
    op.create_index(
        "uq_invoice_draft_lines_live",
        "invoice_draft_lines",
        ["organization_id", "appointment_id", "client_id", "code"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("supersedes_line_id", sa.UUID(), nullable=True),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("documented_version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("note_id", sa.UUID(), nullable=False),
        sa.Column("service_type_id", sa.UUID(), nullable=False),
        sa.Column("rendering_staff_id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("diagnosis_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("modifiers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("rate_cents", sa.BigInteger(), nullable=True),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("client_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_cents", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("charge_cents = client_cents + insurance_cents", name=op.f("ck_invoice_lines_split")),
        sa.CheckConstraint(
            "charge_cents > 0 AND client_cents >= 0 AND insurance_cents >= 0",
            name=op.f("ck_invoice_lines_cents"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["invoices.organization_id", "invoices.id"],
            name=op.f("fk_invoice_lines_organization_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint(
            "organization_id",
            "supersedes_line_id",
            name=op.f("uq_invoice_lines_organization_id_supersedes_line_id"),
        ),
    )
    op.create_index("ix_invoice_lines_invoice", "invoice_lines", ["organization_id", "invoice_id"], unique=False)
    op.create_table(
        "invoice_amendments",
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holds", postgresql.JSONB(), nullable=False),
        sa.Column("replacement_line_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("documented_version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("note_id", sa.UUID(), nullable=False),
        sa.Column("service_type_id", sa.UUID(), nullable=False),
        sa.Column("rendering_staff_id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("diagnosis_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("modifiers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("rate_cents", sa.BigInteger(), nullable=True),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("client_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_cents", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'accepted', 'withdrawn')", name=op.f("ck_invoice_amendments_state")),
        sa.CheckConstraint("charge_cents = client_cents + insurance_cents", name=op.f("ck_invoice_amendments_split")),
        sa.ForeignKeyConstraint(
            ["organization_id", "invoice_id"],
            ["invoices.organization_id", "invoices.id"],
            name=op.f("fk_invoice_amendments_organization_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_invoice_amendments")),
    )
    op.create_index(
        "ix_invoice_amendments_invoice", "invoice_amendments", ["organization_id", "invoice_id"], unique=False
    )
    op.create_index(
        "uq_invoice_amendments_pending",
        "invoice_amendments",
        ["organization_id", "line_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "invoice_counters",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "year", name=op.f("pk_invoice_counters")),
    )
    for table in ("invoices", "invoice_draft_lines", "invoice_amendments", "invoice_counters"):
        protect_tenant_table("billing", table, "SELECT, INSERT, UPDATE")
    protect_tenant_table("billing", "invoice_lines", "SELECT, INSERT")
    op.execute(REFUSE_CHANGE)
    op.execute(
        "CREATE TRIGGER append_only_update BEFORE UPDATE OR DELETE ON invoice_lines "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON invoice_lines "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
