"""Sessions that nothing bills, in the order of an index."""

from shared.database.migration import build_index

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add only."""
    columns = ["organization_id", "appointment_id", "client_id"]
    build_index("ix_billed_services_unbilled", "billed_services", columns, where="line_id IS NULL")
