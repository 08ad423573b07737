"""The worker's role sees which practices there are: `check-books` looks at the books of each in turn."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """A policy more. What is in the books is seen one practice at a time, as ever."""
    op.execute("CREATE POLICY practices ON organization_copies FOR SELECT TO billing_worker USING (true)")
