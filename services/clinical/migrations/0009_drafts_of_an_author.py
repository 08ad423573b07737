"""An index of unsigned notes by author, for drafts and queues. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clinical_0009"
down_revision = "clinical_0008"


def upgrade() -> None:
    """Short locks only."""
    build_index("ix_notes_author", "notes", ["organization_id", "author_id", "id"], where="signed_at IS NULL")
