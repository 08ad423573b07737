"""What else a note documents: when, where, by telehealth or not, under whom, with which services in addition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

TABLES = ("invoice_draft_lines", "invoice_lines", "invoice_amendments")


def upgrade() -> None:
    """New columns that may be empty, or have a default: the previous release goes on writing its rows."""
    for table in TABLES:
        for name, kind in (
            ("has_signed_plan", sa.Boolean()),
            ("started_at", sa.DateTime(timezone=True)),
            ("stopped_at", sa.DateTime(timezone=True)),
            ("place_of_service", sa.Text()),
            ("telehealth", sa.Boolean()),
            ("supervising_staff_id", sa.UUID()),
        ):
            op.add_column(table, sa.Column(name, kind, nullable=True))
        op.add_column(
            table,
            sa.Column("add_on_service_type_ids", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        )
