"""Notes are listed by client, by author and by form."""

from shared.database.migration import build_index

revision = "clinical_0080"
down_revision = "clinical_0073"


def upgrade() -> None:
    """Add only."""
    for name, column in (("client", "client_id"), ("written", "author_id"), ("template", "template")):
        build_index(f"ix_notes_{name}", "notes", ["organization_id", column, "id"])
