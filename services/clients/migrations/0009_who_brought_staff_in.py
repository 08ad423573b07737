"""Who invited a member of staff, or changed their address."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clients_0009"
down_revision = "clients_0008"


def upgrade() -> None:
    """Add only; identity tells of it."""
    column = sa.Column("brought_in_by", postgresql.ARRAY(sa.UUID()), nullable=False, server_default="{}")
    op.add_column("staff_copies", column)
