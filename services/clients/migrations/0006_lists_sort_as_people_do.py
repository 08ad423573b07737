"""Clients keep the key by which lists sort them."""

import sqlalchemy as sa
from alembic import op

revision = "clients_0006"
down_revision = "clients_0005"


def upgrade() -> None:
    """Add only. What the code before this one adds stands first in its list until its name is changed."""
    op.add_column("clients", sa.Column("sort_key", sa.Text(collation="C"), server_default="", nullable=False))
