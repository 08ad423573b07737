"""When the practice is open, by which appointments are booked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clinical_0020"
down_revision = "clinical_0019"


def upgrade() -> None:
    """Two more columns; identity tells of the practices that have said it."""
    for name in ("business_hours", "holidays"):
        op.add_column(
            "organization_copies",
            sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        )
