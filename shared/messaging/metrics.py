"""Prometheus measures of the event path, and the worker's small HTTP port that shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
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
SETTLED = Counter("caseload_events_settled_total", "Outbox rows settled by receipts.", ["service"])
PART_FAILURES = Counter(
    "caseload_worker_part_failures_total", "Times a worker's part failed and began again.", ["service", "part"]
)
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
        """Called by the registry at each scrape; what can not be asked is left out."""
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


def serve(host: str, port: int, ready: Callable[[], list[str]]) -> ThreadingHTTPServer:
    """Serve /metrics, /healthz and /readyz in a thread; `ready` names what the worker waits for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._send(200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
            elif self.path == "/healthz":
                self._send(200, b'{"status":"alive"}')
            elif self.path == "/readyz":
                waiting = ready()
                names = ",".join(f'"{name}"' for name in waiting)
                self._send(503 if waiting else 200, f'{{"waiting_for":[{names}]}}'.encode())
            else:
                self._send(404, b"{}")

        def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Scrapes are not worth a line."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
