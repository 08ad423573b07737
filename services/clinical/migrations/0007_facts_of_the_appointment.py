"""Where a service is given, by telehealth or not, and with which services in addition; who supervised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clinical_0007"
down_revision = "clinical_0006"


def upgrade() -> None:
    """New columns that may be empty, or have a default: the previous release goes on writing its rows."""
    op.add_column("location_copies", sa.Column("place_of_service", sa.Text(), nullable=True))
    for table in ("appointments", "notes", "note_versions"):
        op.add_column(table, sa.Column("telehealth", sa.Boolean(), nullable=True))
        op.add_column(table, sa.Column("place_of_service", sa.Text(), nullable=True))
    for table in ("notes", "note_versions"):
        op.add_column(
            table,
            sa.Column("add_on_service_type_ids", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        )
    op.add_column("note_versions", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("note_versions", sa.Column("supervising_staff_id", sa.UUID(), nullable=True))
