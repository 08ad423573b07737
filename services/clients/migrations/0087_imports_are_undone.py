"""When an import was undone, and how it left each client."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0087"
down_revision = "clients_0084"


def upgrade() -> None:
    """Add only. Who was added before is taken as never changed since if they have their first version."""
    op.add_column("client_imports", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("client_import_rows", sa.Column("client_version", sa.Integer(), nullable=True))
