"""Drafts that somebody else takes over."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0005"
down_revision = "clinical_0004"


def upgrade() -> None:
    """Add only."""
    op.add_column("notes", sa.Column("drafted_by", sa.UUID(), nullable=True))
