"""Invoices by the day of issue and payments by the day of receipt, in the order of an index."""

from shared.database.migration import build_index

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add only."""
    build_index(
        "ix_invoices_issued_on",
        "invoices",
        ["organization_id", "issued_on", "id"],
        where="issued_on IS NOT NULL",
    )
    build_index("ix_payments_received_on", "payments", ["organization_id", "received_on", "id"])
