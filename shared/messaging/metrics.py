"""Prometheus measures of the event path."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.database.session import Database
from shared.errors import Unavailable
from shared.messaging.transport import BusUnavailable, Transport

PUBLISHED = Counter("caseload_events_published_total", "Events confirmed by the bus.", ["service"])
REFUSED = Counter("caseload_events_refused_total", "Events that the bus would not take.", ["service"])
CONSUMED = Counter("caseload_events_applied_total", "Events applied.", ["service", "type"])
DUPLICATES = Counter("caseload_events_duplicate_total", "Events that had been applied before.", ["service"])
RETRIES = Counter("caseload_event_retries_total", "Delayed retries.", ["service", "type"])
PARKED = Counter("caseload_events_parked_total", "Messages put into dead_letters.", ["service", "reason"])
PUT_BACK = Counter("caseload_events_put_back_total", "Parked messages that can be read by now.", ["service", "reason"])
SETTLED = Counter("caseload_events_settled_total", "Outbox rows settled by receipts.", ["service"])
HANDLER_SECONDS = Histogram(
    "caseload_event_handler_seconds",
    "Time in the handler of one event.",
    ["service", "type"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
)
LAG_SECONDS = Histogram(
    "caseload_event_lag_seconds",
    "From the event's commit at its producer to its commit here.",
    ["service"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600),
)

_GAUGES = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE settled_at IS NULL LIMIT 100000) AS unsettled),
       (SELECT coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::bigint
        FROM (SELECT occurred_at FROM outbox WHERE settled_at IS NULL ORDER BY next_try_at LIMIT 1000) AS oldest),
       (SELECT count(*) FROM (SELECT 1 FROM dead_letters
        WHERE replayed_at IS NULL AND discarded_at IS NULL LIMIT 100000) AS dead)
"""


class StateCollector:
    """Gauges read when somebody asks: outbox depth and age, open dead letters, queue depth."""

    def __init__(self, service: str, database: Database, transport: Transport) -> None:
        self._service, self._database, self._transport = service, database, transport

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Called by the registry at each scrape; what cannot be asked is left out."""
        try:
            unsettled, age, dead = self._database.run(lambda session: session.execute(text(_GAUGES)).one())
            yield self._gauge("caseload_outbox_unsettled", "Outbox rows without all receipts.", unsettled)
            yield self._gauge("caseload_outbox_age_seconds", "Age of the oldest unsettled outbox row.", age)
            yield self._gauge("caseload_dead_letters_open", "Dead letters nobody has dealt with.", dead)
        except (SQLAlchemyError, Unavailable):
            pass
        try:
            for state, count in self._transport.depth(self._service).items():
                yield self._gauge(f"caseload_queue_{state}", f"Messages {state} on the service's queue.", count)
        except BusUnavailable:
            pass

    def _gauge(self, name: str, what: str, value: int) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, what, labels=["service"])
        family.add_metric([self._service], value)
        return family
