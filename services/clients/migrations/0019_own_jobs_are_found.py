"""An index for the jobs that somebody started. Runs again if interrupted."""

from shared.database.migration import build_index

revision = "clients_0019"
down_revision = "clients_0018"


def upgrade() -> None:
    """Locks nobody out."""
    build_index("ix_jobs_started_by", "jobs", ["organization_id", "started_by", "id"])
