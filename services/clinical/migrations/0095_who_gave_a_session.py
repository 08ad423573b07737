"""Who gave a session that has begun, where somebody has the last word on what they write."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0095"
down_revision = "clinical_0081"


def upgrade() -> None:
    """Add only. What changed before it had these columns is judged by the clinician whom it has."""
    op.add_column("appointments", sa.Column("given_by", sa.UUID(), nullable=True))
    op.add_column("appointments", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
