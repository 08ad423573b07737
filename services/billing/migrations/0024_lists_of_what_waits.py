"""Invoices that are owed and payments of a method, in the order of an index."""

from shared.database.migration import build_index

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add only."""
    build_index(
        "ix_invoices_owing",
        "invoices",
        ["organization_id", "id"],
        where="status IN ('open', 'partially_paid')",
    )
    build_index(
        "ix_invoice_amendments_waiting",
        "invoice_amendments",
        ["organization_id", "invoice_id"],
        where="state = 'pending'",
    )
    build_index("ix_payments_method", "payments", ["organization_id", "method", "received_on", "id"])
