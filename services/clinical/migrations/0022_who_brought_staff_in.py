"""Who invited a member of staff, or changed their address."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clinical_0022"
down_revision = "clinical_0021"


def upgrade() -> None:
    """Add only; identity tells of it with the next change of a member of staff, which joining is."""
    column = sa.Column("brought_in_by", postgresql.ARRAY(sa.UUID()), nullable=False, server_default="{}")
    op.add_column("staff_copies", column)
