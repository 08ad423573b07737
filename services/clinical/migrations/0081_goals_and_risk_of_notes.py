"""A note keeps the goals of the plan that were worked on, and the risk that its author saw."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "clinical_0081"
down_revision = "clinical_0091"


def upgrade() -> None:
    """Add only."""
    for table in ("notes", "note_versions"):
        op.add_column(table, sa.Column("goals", ARRAY(sa.Text()), nullable=False, server_default="{}"))
        op.add_column(table, sa.Column("risk", sa.Text(), nullable=True))
