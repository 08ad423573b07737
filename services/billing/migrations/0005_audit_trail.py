"""What is written down of this service reaches the organization's audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import feed_audit_trail

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Queue every entry from now on, which may name several clients."""
    feed_audit_trail("billing")
    op.add_column(
        "audit_entries", sa.Column("client_ids", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False)
    )
    op.add_column("idempotency_keys", sa.Column("about", postgresql.JSONB(), nullable=True))
