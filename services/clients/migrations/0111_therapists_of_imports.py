"""To whom an import assigned each client, and by what the address of a member of staff is known."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0111"
down_revision = "clients_0110"


def upgrade() -> None:
    """Add only."""
    op.add_column("staff_copies", sa.Column("email_hash", sa.Text(), nullable=True))
    op.add_column("client_import_rows", sa.Column("staff_id", sa.UUID(), nullable=True))
