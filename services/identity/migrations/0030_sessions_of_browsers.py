"""Sessions of browsers, which have one token and no refresh token; when somebody last proved who they are."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0030"
down_revision = "identity_0029"


def upgrade() -> None:
    """Add only. The code before this one finds a session to renew by `refresh_family`, which a browser's has not."""
    op.add_column("sessions", sa.Column("browser", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("sessions", sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("sessions", "refresh_hash", nullable=True)
