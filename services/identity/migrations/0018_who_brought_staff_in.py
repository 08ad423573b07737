"""Who invited a member of staff, or changed their address before they joined."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "identity_0018"
down_revision = "identity_0017"


def upgrade() -> None:
    """Add only."""
    column = sa.Column("brought_in_by", postgresql.ARRAY(sa.UUID()), nullable=False, server_default="{}")
    op.add_column("staff", column)
