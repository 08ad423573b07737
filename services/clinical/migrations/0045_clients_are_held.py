"""A client is held while it is decided whether they are deleted."""

from alembic import op

revision = "clinical_0045"
down_revision = "clinical_0044"


def upgrade() -> None:
    """Columns without a default: no rewrite of the table."""
    op.execute("ALTER TABLE client_copies ADD COLUMN held_by uuid, ADD COLUMN held_until timestamptz")
