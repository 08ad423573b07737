"""The worker takes appointments back with their history, where an import is undone that booked them."""

from alembic import op

revision = "clinical_0070"
down_revision = "clinical_0080"


def upgrade() -> None:
    """The web process changes no line of a history, as before, and deletes none."""
    op.execute("GRANT DELETE ON appointment_changes TO clinical_worker")
