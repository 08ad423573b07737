"""Which service the note documents, beside the one that a line bills."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

TABLES = ("invoice_draft_lines", "invoice_lines", "invoice_amendments")


def upgrade() -> None:
    """A new column that may be empty: of earlier lines it is not known, and the previous release goes on writing rows."""
    for table in TABLES:
        op.add_column(table, sa.Column("documented_service_type_id", sa.UUID(), nullable=True))
