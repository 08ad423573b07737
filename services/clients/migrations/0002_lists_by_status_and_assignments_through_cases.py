"""Lists by status from an index; an assignment remembers whether it came through a case."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0002"
down_revision = "clients_0001"


def upgrade() -> None:
    """The index is built at once, not concurrently: nothing was released before it."""
    op.create_index(
        "ix_clients_status", "clients", ["organization_id", "status", "family_name", "given_name", "id"], unique=False
    )
    op.add_column("assignments", sa.Column("through_case_id", sa.UUID(), nullable=True))
