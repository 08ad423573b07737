"""Prospective clients wait: since when, and what they wish for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clients_0023"
down_revision = "clients_0022"


def upgrade() -> None:
    """The code before this one lets nobody wait, and takes nobody off the list either: it makes nobody prospective."""
    op.add_column("clients", sa.Column("waiting_since", sa.Date(), nullable=True))
    op.add_column("clients", sa.Column("waiting_for", postgresql.JSONB(), nullable=True))
