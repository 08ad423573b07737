"""How each member of staff likes the web app."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "identity_0031"
down_revision = "identity_0030"


def upgrade() -> None:
    """Add only."""
    op.add_column("staff", sa.Column("preferences", JSONB(), nullable=False, server_default="{}"))
