"""The tables of a service that has jobs. It has them from its first kind of job on.

What a job is told to do and what came of it stands in `jobs`, behind the tenant's wall. Who takes turns sees
`job_queue` alone, across organizations: ids and instants.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from shared.database.retention import Expired
from shared.database.session import metadata

KEPT_DAYS: Final = 30  # after it has ended
_TABLES: Final = metadata()

# `state`: queued | running | done | failed | cancelled.
JOBS = Table(
    "jobs",
    _TABLES,
    Column("organization_id", PgUUID(as_uuid=True), primary_key=True),
    Column("id", PgUUID(as_uuid=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_by", PgUUID(as_uuid=True), nullable=False),
    Column("actor", JSONB, nullable=False),  # who started it, with the rights of that moment
    Column("correlation_id", Text),
    Column("input", JSONB, nullable=False),  # ids and slugs, never what identifies a client
    Column("cursor", Text),  # where the step after the last committed one begins
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("error", JSONB),  # code and detail of the problem by which it failed
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    Index("ix_jobs_finished_at", "finished_at"),  # the purge
    Index("ix_jobs_started_by", "organization_id", "started_by", "id"),  # one's own
    Index("ix_jobs_open", "organization_id", postgresql_where=text("finished_at IS NULL")),
)

# The jobs that have not ended. `next_at`: when the next step is due, or else the lease of the running one is over.
JOB_QUEUE = Table(
    "job_queue",
    _TABLES,
    Column("organization_id", PgUUID(as_uuid=True), primary_key=True),
    Column("job_id", PgUUID(as_uuid=True), primary_key=True),
    Column("queued_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("next_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("began", Boolean, nullable=False, server_default=text("false")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),  # of the step that comes next
    Column("lease_id", PgUUID(as_uuid=True)),
    Index("ix_job_queue_next_at", "next_at", "job_id"),
)

EXPIRED: Final = Expired("jobs", "finished_at", KEPT_DAYS)


def add_job_tables(into: MetaData) -> None:
    """Copy the tables into a service's metadata, so that Alembic compares them with the database."""
    for table in (JOBS, JOB_QUEUE):
        table.to_metadata(into)
