"""The embedded bus: a PostgreSQL database of its own, for the stack that runs on one machine.

Rows are handed out with SKIP LOCKED and marked with their holder; a holder proves that it lives by a session-level
advisory lock, so a killed consumer's messages are free at once and a slow one's are not taken away. The bus is
disposable, as any bus is here: receipts make good what it forgets, so its commits need not wait for the disk.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from shared import clock
from shared.database.notifications import wait_for_notification
from shared.messaging.topology import ATTEMPT_HEADER, DELIVERY_LIMIT, bindings
from shared.messaging.transport import BusUnavailable, Delivery, Message, PublishFailed
from shared.services import SERVICES

HOLDERS: Final = 4_117  # class of our advisory locks
DECLARING: Final = 4_118
FREE_ORPHANS_SECONDS: Final = 1.0  # while somebody else holds a message of the queue
LOOK_SECONDS: Final = 5.0  # behind NOTIFY: what a lost notification would cost
TAKEN_JUST_NOW_SECONDS: Final = 0.05  # what is free and could not be had, another takes at this moment

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    routing_key text NOT NULL,
    message_id text NOT NULL,
    body bytea NOT NULL,
    headers jsonb NOT NULL,
    available_at timestamptz NOT NULL DEFAULT now(),
    handed_out integer NOT NULL DEFAULT 0,
    holder integer
);
CREATE INDEX IF NOT EXISTS ix_deliveries_free ON deliveries (queue, available_at, id) WHERE holder IS NULL;
CREATE INDEX IF NOT EXISTS ix_deliveries_held ON deliveries (queue, holder) WHERE holder IS NOT NULL;
"""
PUBLISH: Final = """
WITH published AS (
    INSERT INTO deliveries (queue, routing_key, message_id, body, headers)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::jsonb[])
    RETURNING queue)
SELECT pg_notify('bus_' || queue, '') FROM published GROUP BY queue
"""
TAKE: Final = """
UPDATE deliveries SET holder = %(holder)s, handed_out = handed_out + 1
WHERE id IN (SELECT id FROM deliveries
             WHERE queue = %(queue)s AND holder IS NULL AND available_at <= now()
             ORDER BY available_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, routing_key, message_id, body, headers
"""
# Retries become available by the clock alone, and what a dead holder had without a notification.
AHEAD: Final = """
SELECT (SELECT extract(epoch FROM min(available_at) - now())::float8 FROM deliveries
        WHERE queue = %(queue)s AND holder IS NULL) AS seconds,
       EXISTS (SELECT FROM deliveries WHERE queue = %(queue)s AND holder IS NOT NULL AND holder <> %(holder)s) AS held
"""
FREE_ORPHANS: Final = """
WITH orphans AS (
    SELECT id FROM deliveries
    WHERE queue = %(queue)s AND holder IS NOT NULL AND holder NOT IN (
        SELECT objid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND classid = %(holders)s AND objsubid = 2 AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    FOR UPDATE SKIP LOCKED)
UPDATE deliveries d
SET holder = NULL, queue = CASE WHEN d.handed_out >= %(limit)s THEN %(dead)s ELSE d.queue END
FROM orphans WHERE d.id = orphans.id
"""


class EmbeddedTransport:
    """The bus database behind a `postgresql://` address."""

    def __init__(self, url: str) -> None:
        self._url = url

    def declare(self) -> None:
        """Create table and indexes where missing; raises `BusUnavailable`."""
        try:
            with _connect(self._url) as connection, connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [DECLARING])
                connection.execute(SCHEMA)
        except psycopg.Error as error:
            raise BusUnavailable("declare") from error

    def publisher(self) -> EmbeddedPublisher:
        """A connection for publishing; raises `BusUnavailable`."""
        return EmbeddedPublisher(self._url)

    def subscriber(self, service: str) -> EmbeddedSubscriber:
        """A connection for consuming; raises `BusUnavailable`."""
        return EmbeddedSubscriber(self._url, service)

    def dead_letters(self, service: str) -> EmbeddedSubscriber:
        """The same for what reached the delivery limit."""
        return EmbeddedSubscriber(self._url, f"{service}.dead")

    def depth(self, service: str) -> dict[str, int]:
        """Messages ready or held, waiting for a retry, and dead; raises `BusUnavailable`."""
        try:
            with _connect(self._url) as connection:
                row = connection.execute(
                    "SELECT count(*) FILTER (WHERE queue = %(q)s AND available_at <= now()),"
                    " count(*) FILTER (WHERE queue = %(q)s AND available_at > now()),"
                    " count(*) FILTER (WHERE queue = %(dead)s)"
                    " FROM deliveries WHERE queue IN (%(q)s, %(dead)s)",
                    {"q": service, "dead": f"{service}.dead"},
                ).fetchone()
        except psycopg.Error as error:
            raise BusUnavailable("depth") from error
        return dict(zip(("ready", "retrying", "dead"), row or (0, 0, 0), strict=True))


def _connect(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url, autocommit=True, connect_timeout=3, application_name="caseload bus")
    connection.execute("SET synchronous_commit = off")
    return connection


class EmbeddedPublisher:
    """Inserts one row per consuming service; the commit is the confirm."""

    def __init__(self, url: str) -> None:
        self._queues: dict[str, list[str]] = {}
        for service in SERVICES:
            for routing_key in bindings(service):
                self._queues.setdefault(routing_key, []).append(service)
        try:
            self._connection = _connect(url)
        except psycopg.Error as error:
            raise BusUnavailable("connect") from error

    def publish(self, messages: Sequence[Message]) -> None:
        """Return when committed; raises `PublishFailed` for a type that nobody consumes, or `BusUnavailable`."""
        rows = [(queue, m) for m in messages for queue in self._queues.get(m.routing_key, ())]
        try:
            self._connection.execute(
                PUBLISH,
                [
                    [queue for queue, _ in rows],
                    [m.routing_key for _, m in rows],
                    [m.message_id for _, m in rows],
                    [m.body for _, m in rows],
                    [Jsonb(m.headers) for _, m in rows],
                ],
            )
        except psycopg.Error as error:
            raise BusUnavailable("publish") from error
        unroutable = [m.message_id for m in messages if m.routing_key not in self._queues]
        if unroutable:
            raise PublishFailed(unroutable)

    def keep_alive(self) -> None:
        """Nothing to do: PostgreSQL needs no heartbeat."""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class EmbeddedSubscriber:
    """Takes rows of one queue and deletes them when acknowledged. Owned by one thread."""

    def __init__(self, url: str, queue: str) -> None:
        self._queue = queue
        self._holder = random.randrange(1, 2**31)
        self._orphans_freed_at = float("-inf")
        self._look_at = float("-inf")  # nothing can be had before, unless a notification says so
        try:
            self._connection = _connect(url)
            self._connection.row_factory = dict_row
            self._connection.execute("SELECT pg_advisory_lock(%s, %s)", [HOLDERS, self._holder])
            self._connection.execute(f'LISTEN "bus_{queue}"')
        except psycopg.Error as error:
            raise BusUnavailable("subscribe") from error

    def receive(self, messages_max: int, wait_seconds: float) -> list[Delivery]:
        """What is there, waiting up to `wait_seconds` for the first; raises `BusUnavailable`."""
        deadline = clock.monotonic() + wait_seconds
        try:
            while True:
                if clock.monotonic() >= self._look_at and (taken := self._look(messages_max)):
                    return taken
                now = clock.monotonic()
                if now >= deadline:
                    return []
                if wait_for_notification(self._connection, max(0.0, min(deadline, self._look_at) - now)):
                    self._look_at = now
        except psycopg.Error as error:
            raise BusUnavailable("receive") from error

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Delete these rows; raises `BusUnavailable`."""
        if not deliveries:
            return
        try:
            self._connection.execute("DELETE FROM deliveries WHERE id = ANY(%s)", [[d.tag for d in deliveries]])
        except psycopg.Error as error:
            raise BusUnavailable("ack") from error

    def retry(self, delivery: Delivery, delay_seconds: int) -> None:
        """Make the row available again after the delay; raises `BusUnavailable`."""
        headers = {**delivery.message.headers, ATTEMPT_HEADER: str(delivery.attempt + 1)}
        self._look_at = float("-inf")
        try:
            self._connection.execute(
                "UPDATE deliveries SET holder = NULL, handed_out = 0, headers = %s,"
                " available_at = now() + make_interval(secs => %s) WHERE id = %s",
                [Jsonb(headers), delay_seconds, delivery.tag],
            )
        except psycopg.Error as error:
            raise BusUnavailable("retry") from error

    def close(self) -> None:
        """Close; the lock goes with the connection and what was held becomes free."""
        self._connection.close()

    def _look(self, messages_max: int) -> list[Delivery]:
        """What can be had now; where that is nothing, when to look again is known afterwards."""
        self._free_orphans()
        if taken := self._take(messages_max):
            return taken
        ahead = self._connection.execute(AHEAD, {"queue": self._queue, "holder": self._holder}).fetchone()
        assert ahead is not None
        seconds = FREE_ORPHANS_SECONDS if ahead["held"] else LOOK_SECONDS
        if ahead["seconds"] is not None:
            seconds = min(seconds, max(ahead["seconds"], TAKEN_JUST_NOW_SECONDS))
        self._look_at = clock.monotonic() + seconds
        return []

    def _take(self, messages_max: int) -> list[Delivery]:
        rows = self._connection.execute(
            TAKE, {"holder": self._holder, "queue": self._queue, "limit": messages_max}
        ).fetchall()
        rows.sort(key=lambda row: row["id"])
        return [
            Delivery(Message.received(r["routing_key"], bytes(r["body"]), r["message_id"], r["headers"]), r["id"])
            for r in rows
        ]

    def _free_orphans(self) -> None:
        if clock.monotonic() - self._orphans_freed_at < FREE_ORPHANS_SECONDS:
            return
        self._orphans_freed_at = clock.monotonic()
        self._connection.execute(
            FREE_ORPHANS,
            {
                "queue": self._queue,
                "dead": f"{self._queue}.dead",
                "limit": DELIVERY_LIMIT,
                "holders": HOLDERS,
            },
        )
