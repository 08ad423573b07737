"""The practice's usual length of an appointment: a service that is added without a length has it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """One more column, with the value that identity gives a new practice; identity tells those that chose another."""
    op.add_column(
        "organization_copies", sa.Column("session_minutes", sa.Integer(), server_default="60", nullable=False)
    )
