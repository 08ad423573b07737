"""Services keep the key by which lists sort them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add only. What the code before this one adds stands first in its list until its name is changed."""
    op.add_column("service_types", sa.Column("sort_key", sa.Text(collation="C"), server_default="", nullable=False))
