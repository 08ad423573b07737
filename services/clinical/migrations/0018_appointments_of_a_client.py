"""The appointments of a client are listed in pages. Runs again if interrupted."""

from shared.database.migration import build_index, drop_index

revision = "clinical_0018"
down_revision = "clinical_0017"


def upgrade() -> None:
    """The new index serves what the one before it did, and the order of the list to the last column."""
    build_index(
        "ix_attendees_client_start", "attendees", ["organization_id", "client_id", "starts_at", "appointment_id"]
    )
    drop_index("ix_attendees_client")
