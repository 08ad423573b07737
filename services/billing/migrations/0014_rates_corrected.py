"""The cents of a rate may be corrected; what was priced as a service is found by its date of service."""

from alembic import op

from shared.database.migration import build_index

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add only."""
    op.execute("GRANT UPDATE (rate_cents) ON service_rates TO billing_app, billing_worker")
    columns = ["organization_id", "service_type_id", "service_date"]
    build_index("ix_invoice_draft_lines_service", "invoice_draft_lines", columns)
    build_index("ix_invoice_lines_service", "invoice_lines", columns)
    build_index("ix_invoice_amendments_service", "invoice_amendments", columns, where="state = 'pending'")
