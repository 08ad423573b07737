"""When the client of an imported row comes next, and what became of the booking."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0123"
down_revision = "clients_0126"


def upgrade() -> None:
    """Add only."""
    op.add_column("client_imports", sa.Column("appointment_service_id", sa.UUID(), nullable=True))
    op.add_column("client_import_rows", sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("client_import_rows", sa.Column("booking", sa.Text(), nullable=True))
    op.add_column("client_import_rows", sa.Column("appointment_id", sa.UUID(), nullable=True))
