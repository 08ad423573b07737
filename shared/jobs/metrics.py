"""Prometheus measures of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.database.session import Database
from shared.errors import Unavailable

ENDED = Counter("caseload_jobs_ended_total", "Jobs by how they ended.", ["service", "kind", "state"])
STEP_FAILURES = Counter("caseload_job_step_failures_total", "Steps that failed and are tried again.", ["service"])

_OPEN: Final = """
SELECT count(*) FILTER (WHERE NOT began), count(*) FILTER (WHERE began),
       coalesce(extract(epoch FROM now() - min(queued_at)), 0)::bigint
FROM (SELECT began, queued_at FROM job_queue LIMIT 100000) AS open
"""


class JobCollector:
    """Gauges read when somebody asks: how many jobs wait, run, and how old the oldest of them is."""

    def __init__(self, service: str, database: Database) -> None:
        self._service, self._database = service, database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Called by the registry at each scrape; what cannot be asked is left out."""
        try:
            queued, running, age = self._database.run(lambda session: session.execute(text(_OPEN)).one())
        except (SQLAlchemyError, Unavailable):
            return
        yield self._gauge("caseload_jobs_queued", "Jobs that have not begun.", queued)
        yield self._gauge("caseload_jobs_running", "Jobs that have begun and not ended.", running)
        yield self._gauge("caseload_jobs_oldest_seconds", "Age of the oldest job that has not ended.", age)

    def _gauge(self, name: str, what: str, value: int) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, what, labels=["service"])
        family.add_metric([self._service], value)
        return family
