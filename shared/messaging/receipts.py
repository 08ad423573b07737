"""Receipts: a consumer's word to each producer that its events have arrived. Only they settle an outbox row.

At most once a second ids without receipt are published in batches, signed by the consumer: at once when the consumer of
this process has taken in something, else a few seconds later.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any, Final

import orjson
import psycopg

from shared import clock, logs
from shared.back_off import BackOff
from shared.failpoints import failpoint
from shared.ids import new_id
from shared.keys.event_signature import Signer
from shared.messaging.topology import receipts_key
from shared.messaging.transport import BusUnavailable, Message, Publisher, PublishFailed, Transport

INTERVAL_SECONDS: Final = 1.0
POLL_SECONDS: Final = 2.0  # how soon it ends that is to end, and the heartbeat's turn
LOOK_SECONDS: Final = 5.0  # for what another process has taken in or put back
BATCH_IDS_MAX: Final = 500
BACK_OFF_SECONDS: Final = (0.5, 5.0)  # after the first failure, and the longest

TAKE: Final = {
    "inbox": "SELECT event_id, type FROM inbox WHERE receipted_at IS NULL"
    " ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED",
    "dead_letters": "SELECT event_id, type FROM dead_letters WHERE receipted_at IS NULL AND event_id IS NOT NULL"
    " AND replayed_at IS NULL AND discarded_at IS NULL ORDER BY parked_at LIMIT %s FOR UPDATE SKIP LOCKED",
}
ANY_LEFT: Final = (
    "(SELECT FROM inbox WHERE receipted_at IS NULL LIMIT 1) UNION ALL (SELECT FROM dead_letters WHERE receipted_at"
    " IS NULL AND event_id IS NOT NULL AND replayed_at IS NULL AND discarded_at IS NULL LIMIT 1) LIMIT 1"
)
MARK: Final = {
    "inbox": "UPDATE inbox SET receipted_at = now() WHERE event_id = ANY(%s)",
    "dead_letters": "UPDATE dead_letters SET receipted_at = now() WHERE event_id = ANY(%s)",
}


def any_left(connection: psycopg.Connection[Any]) -> bool:
    """Whether anything has no receipt: one glance, without the transactions that send."""
    return connection.execute(ANY_LEFT).fetchone() is not None


class Receipts:
    """Sends one service's receipts until told to stop."""

    def __init__(
        self, service: str, database_url: str, transport: Transport, signer: Signer, due: threading.Event | None = None
    ) -> None:
        """`due` is set when something was taken in."""
        self._service = service
        self._database_url = database_url
        self._transport = transport
        self._signer = signer
        self._due = due or threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        back_off = BackOff(*BACK_OFF_SECONDS)
        while not stop.is_set():
            try:
                self._run_connected(stop, back_off)
            except (psycopg.OperationalError, psycopg.InterfaceError, BusUnavailable, PublishFailed) as error:
                logs.get().warning("receipts_wait", error=error)
                stop.wait(back_off.failed())

    def _run_connected(self, stop: threading.Event, back_off: BackOff) -> None:
        with psycopg.connect(
            self._database_url,
            autocommit=True,
            connect_timeout=3,
            application_name=f"caseload {self._service} receipts",
        ) as connection:
            # What a crash of PostgreSQL forgets of this connection's commits is told again, and settles nothing twice.
            connection.execute("SET synchronous_commit = off")
            self._transport.declare()
            publisher = self._transport.publisher()
            try:
                looked_at = float("-inf")
                while not stop.is_set():
                    if self._due.is_set() or clock.monotonic() - looked_at >= LOOK_SECONDS:
                        self._due.clear()  # before: what comes meanwhile is due again
                        while any_left(connection) and self.send(connection, publisher) and not stop.is_set():
                            pass
                        back_off.succeeded()
                        looked_at = clock.monotonic()
                        stop.wait(INTERVAL_SECONDS)
                    else:
                        self._due.wait(POLL_SECONDS)
                    publisher.keep_alive()
            finally:
                publisher.close()

    def send(self, connection: psycopg.Connection[Any], publisher: Publisher) -> bool:
        """Send at most one batch per table; returns whether a table may hold more."""
        full = False
        for table, take in TAKE.items():
            with connection.transaction():
                rows = connection.execute(take, [BATCH_IDS_MAX]).fetchall()
                if rows:
                    self._publish(publisher, rows)
                    failpoint("receipts.after_publish")
                    connection.execute(MARK[table], [[row[0] for row in rows]])
                full = full or len(rows) == BATCH_IDS_MAX
        return full

    def _publish(self, publisher: Publisher, rows: list[Any]) -> None:
        by_producer: dict[str, list[str]] = defaultdict(list)
        for event_id, type_name in rows:
            by_producer[type_name.partition(".")[0]].append(str(event_id))
        messages = []
        for producer, identifiers in by_producer.items():
            body = orjson.dumps({"consumer": self._service, "event_ids": identifiers})
            messages.append(Message(receipts_key(producer), body, str(new_id()), self._signer.sign(body)))
        publisher.publish(messages)
