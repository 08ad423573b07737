"""A row of an import keeps whom it would add, as the check has read them: adding them does not check them again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "clients_0130"
down_revision = "clients_0124"


def upgrade() -> None:
    """Rows that an earlier release has checked have nothing there, and are checked once more when they are added."""
    op.add_column("client_import_rows", sa.Column("checked", JSONB))
