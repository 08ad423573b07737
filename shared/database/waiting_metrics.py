"""Prometheus measures of a queue in a table: how many wait, and how long the oldest has waited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.database.session import Database
from shared.errors import Unavailable

COUNTED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Queue:
    """`rows` is a query for the instant since when each waiting row waits, in its column `since`.

    The gauges are `caseload_<name>_waiting` and `caseload_<name>_oldest_seconds`; `what` says what waits.
    """

    name: str
    what: str
    rows: str


class WaitingCollector:
    """Gauges read when somebody asks. At most `COUNTED_MAX` rows are counted."""

    def __init__(self, service: str, database: Database, queue: Queue) -> None:
        self._service, self._database, self._queue = service, database, queue

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Called by the registry at each scrape; what cannot be asked is left out."""
        waiting = (
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(since)), 0)::bigint"
            f" FROM ({self._queue.rows} LIMIT {COUNTED_MAX}) AS waiting"
        )
        try:
            count, age = self._database.run(lambda session: session.execute(text(waiting)).one())
        except (SQLAlchemyError, Unavailable):
            return
        name, what = self._queue.name, self._queue.what
        yield self._gauge(f"caseload_{name}_waiting", f"{what}.", count)
        yield self._gauge(f"caseload_{name}_oldest_seconds", f"Age of the oldest of these: {what.lower()}.", age)

    def _gauge(self, name: str, what: str, value: int) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, what, labels=["service"])
        family.add_metric([self._service], value)
        return family
