"""What a person decides on a row of an import."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0080"
down_revision = "clients_0066"


def upgrade() -> None:
    """Add only."""
    op.add_column("client_imports", sa.Column("decided", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("client_import_rows", sa.Column("decision", sa.Text(), nullable=True))
    op.add_column("client_import_rows", sa.Column("decided_client_id", sa.UUID(), nullable=True))
    op.add_column("client_import_rows", sa.Column("decided_by", sa.UUID(), nullable=True))
    op.add_column("client_import_rows", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
