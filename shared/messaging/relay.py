"""The relay: outbox rows onto the bus, woken by NOTIFY, a batch per confirm.

Rows are taken by what is due and unsettled, with SKIP LOCKED, never by a high-water mark: a lower id may commit later.
The row locks are held while publishing, so a killed relay's batch is free again at once. A confirm only puts the
next try off by the settle age; the row is settled by receipts (see `receipts`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from shared import logs
from shared.back_off import BackOff
from shared.contracts.envelope import Envelope
from shared.database.notifications import wait_for_notification
from shared.database.outbox_trigger import OUTBOX_CHANNEL
from shared.failpoints import failpoint
from shared.keys.event_signature import Signer
from shared.messaging import metrics
from shared.messaging.transport import BusUnavailable, Message, Publisher, PublishFailed, Transport

BATCH_ROWS_MAX: Final = 100
POLL_SECONDS: Final = 2.0  # behind NOTIFY: what a lost notification would cost, and the heartbeat's turn
REFUSED_WAIT_SECONDS: Final = 5
BACK_OFF_SECONDS: Final = (0.2, 5.0)  # after the first failure, and the longest

TAKE: Final = """
SELECT id, organization_id, type, aggregate_id, aggregate_version, data, correlation_id, causation_id, occurred_at
FROM outbox WHERE settled_at IS NULL AND next_try_at <= now()
ORDER BY next_try_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
ANY_DUE: Final = "SELECT FROM outbox WHERE settled_at IS NULL AND next_try_at <= now() LIMIT 1"
CONFIRMED: Final = """
UPDATE outbox SET confirmed_at = now(), attempts = attempts + 1, next_try_at = now() + make_interval(secs => %s)
WHERE id = ANY(%s)
"""
REFUSED: Final = """
UPDATE outbox SET attempts = attempts + 1, next_try_at = now() + make_interval(secs => %s) WHERE id = ANY(%s)
"""


class Relay:
    """Publishes one service's outbox until told to stop. Outages of bus or database only make it wait."""

    def __init__(
        self, service: str, database_url: str, transport: Transport, signer: Signer, settle_age_seconds: int
    ) -> None:
        self._service = service
        self._database_url = database_url
        self._transport = transport
        self._signer = signer
        self._settle_age_seconds = settle_age_seconds
        self.connected = False

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        back_off = BackOff(*BACK_OFF_SECONDS)
        while not stop.is_set():
            try:
                self._run_connected(stop, back_off)
            except (psycopg.OperationalError, psycopg.InterfaceError, BusUnavailable) as error:
                self.connected = False
                logs.get().warning("relay_waits", error=error)
                stop.wait(back_off.failed())

    def _run_connected(self, stop: threading.Event, back_off: BackOff) -> None:
        with psycopg.connect(
            self._database_url,
            autocommit=True,
            connect_timeout=3,
            application_name=f"caseload {self._service} relay",
            row_factory=dict_row,
        ) as connection:
            # What a crash of PostgreSQL forgets of this connection's commits is published again; the inbox knows it.
            connection.execute("SET synchronous_commit = off")
            connection.execute(f"LISTEN {OUTBOX_CHANNEL}")
            self._transport.declare()
            publisher = self._transport.publisher()
            try:
                self.connected = True
                while not stop.is_set():
                    # After a batch that was not full nothing is left: what comes meanwhile wakes `notifies`.
                    while self.relay_batch(connection, publisher) == BATCH_ROWS_MAX and not stop.is_set():
                        pass
                    back_off.succeeded()
                    self._wait(connection, publisher, stop)
            finally:
                publisher.close()

    def _wait(self, connection: psycopg.Connection[Any], publisher: Publisher, stop: threading.Event) -> None:
        """Until something is due: told by a notification, or seen in a glance, which begins no transaction."""
        while not stop.is_set():
            notified = wait_for_notification(connection, POLL_SECONDS)
            publisher.keep_alive()
            if notified or connection.execute(ANY_DUE).fetchone() is not None:
                return

    def relay_batch(self, connection: psycopg.Connection[Any], publisher: Publisher) -> int:
        """Publish what is due, at most one batch; returns how many rows were taken."""
        with connection.transaction():
            rows = connection.execute(TAKE, [BATCH_ROWS_MAX]).fetchall()
            if not rows:
                return 0
            failpoint("relay.after_claim")
            refused = self._publish(publisher, [self._message(row) for row in rows])
            failpoint("relay.after_confirm")
            taken = [row["id"] for row in rows if str(row["id"]) not in refused]
            connection.execute(CONFIRMED, [self._settle_age_seconds, taken])
            if refused:
                metrics.REFUSED.labels(self._service).inc(len(refused))
                logs.get().error("bus_refused_events", count=len(refused))
                connection.execute(REFUSED, [REFUSED_WAIT_SECONDS, sorted(refused)])
            failpoint("relay.before_commit")
        failpoint("relay.after_commit")
        metrics.PUBLISHED.labels(self._service).inc(len(taken))
        return len(rows)

    def _publish(self, publisher: Publisher, messages: Sequence[Message]) -> set[str]:
        failpoint("relay.before_publish")
        try:
            publisher.publish(messages)
        except PublishFailed as failure:
            return set(failure.message_ids)
        return set()

    def _message(self, row: dict[str, Any]) -> Message:
        body = Envelope(source=self._service, **row).to_bytes()
        return Message(row["type"], body, str(row["id"]), self._signer.sign(body))
