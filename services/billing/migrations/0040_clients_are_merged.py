"""A client may be merged into another one: who has taken them over, and an index of those who were."""

from alembic import op

from shared.database.migration import build_index

revision = "0040"
down_revision = "0033"


def upgrade() -> None:
    """A column without a default, which rewrites nothing, and an index of no row so far. Runs again if interrupted."""
    op.execute("ALTER TABLE client_copies ADD COLUMN IF NOT EXISTS merged_into uuid")
    build_index(
        "ix_client_copies_merged", "client_copies", ["organization_id", "merged_into"], where="merged_into IS NOT NULL"
    )
