"""What of a client a merge leaves on their own record: shares that do not agree are set aside, and all is counted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clients_0122"
down_revision = "clients_0121"


def upgrade() -> None:
    """Add only. The release before this one sets nothing aside: to it, each share of a merged client counts."""
    op.add_column("responsible_people", sa.Column("set_aside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "client_merges",
        sa.Column("left_there", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )
