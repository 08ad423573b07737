"""In which of the web app's eight colours somebody is shown."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0037"
down_revision = "identity_0036"


def upgrade() -> None:
    """Add only; the code before this one gives everybody the first colour. Earlier rows: the next revision."""
    op.add_column("staff", sa.Column("hue", sa.Text(), server_default="c1", nullable=False))
