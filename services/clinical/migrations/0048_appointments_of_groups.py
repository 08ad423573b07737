"""Appointments that were booked for a group."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0048"
down_revision = "clinical_0047"


def upgrade() -> None:
    """Add only; null: booked for clients who were named."""
    op.add_column("appointments", sa.Column("group_id", sa.UUID(), nullable=True))
