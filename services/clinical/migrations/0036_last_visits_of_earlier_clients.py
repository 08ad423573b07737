"""Earlier clients get the time of their last visit, and the index by it. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import build_index, earlier_rows

revision = "clinical_0036"
down_revision = "clinical_0035"


def upgrade() -> None:
    """Short locks only: `keep_last_visit` locks the clients of a batch, and what changes later its triggers see."""
    keep = text("SELECT keep_last_visit(:organization_id, ARRAY[CAST(:id AS uuid)])")
    for batch in earlier_rows("client_copies", ["version"], beside=["appointments", "attendees"]):
        for row in batch:
            op.get_bind().execute(keep, {"organization_id": row.organization_id, "id": row.id})
    columns = ["organization_id", "last_visit_at", "id"]
    build_index("ix_client_copies_last_visit", "client_copies", columns, where="status = 'active'")
