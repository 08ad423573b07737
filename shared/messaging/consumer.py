"""The consumer: what is on the queue becomes inbox rows and changes, in one transaction per batch, acknowledged after.

An event alone is committed at once; a backlog is taken 200 at a time. When something in a batch fails, the
batch is applied one by one, so that one bad event never holds up or undoes its neighbours.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import clock, logs
from shared.back_off import BackOff, seconds_before_retry
from shared.database.connection import Statement
from shared.database.failures import RETRYABLE_STATES, is_away, sql_state
from shared.database.many_rows import inserting
from shared.database.session import RETRY_SECONDS, Database, Session
from shared.errors import Unavailable
from shared.failpoints import failpoint
from shared.keys.event_signature import Verifier
from shared.messaging import dead_letter_store, metrics
from shared.messaging.dead_letter_store import Unusable
from shared.messaging.handling import Delivered, Found, Handler, first_reads, handle, runs_of
from shared.messaging.reading import Reader, Receipt, Received
from shared.messaging.tables import INBOX
from shared.messaging.topology import PREFETCH, RETRY_DELAYS_SECONDS
from shared.messaging.transport import BusUnavailable, Subscriber, Transport

WAIT_SECONDS: Final = 2.0  # how soon it ends that is to end, as the relay
BATCH_TRIES_MAX: Final = 5
BACK_OFF_SECONDS: Final = (0.2, 5.0)  # after the first failure, and the longest

SETTLE: Final = b"""
UPDATE outbox SET awaiting = array_remove(awaiting, %(consumer)s),
    settled_at = CASE WHEN array_remove(awaiting, %(consumer)s) = '{}' THEN now() END
WHERE id = ANY(%(ids)s) AND settled_at IS NULL
"""


class Consumer:
    """Applies one service's events until told to stop. Outages of bus or database only make it wait."""

    def __init__(
        self,
        service: str,
        database: Database,
        transport: Transport,
        verifier: Verifier,
        handlers: Mapping[type, Handler],
    ) -> None:
        self._service = service
        self._database = database
        self._transport = transport
        self._reader = Reader(service, verifier, handlers)
        self._handlers = handlers
        self.connected = False
        self.applied = threading.Event()  # set when the inbox or the dead letters grew: receipts are due

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        back_off = BackOff(*BACK_OFF_SECONDS)
        while not stop.is_set():
            try:
                if not self._database.ready():
                    raise Unavailable("database")
                self._transport.declare()
                subscriber = self._transport.subscriber(self._service)
                try:
                    self.connected = True
                    while not stop.is_set():
                        self.step(subscriber)
                        back_off.succeeded()
                finally:
                    subscriber.close()
            except (BusUnavailable, Unavailable) as error:
                self.connected = False
                logs.get().warning("consumer_waits", error=error)
                stop.wait(back_off.failed())

    def step(self, subscriber: Subscriber, wait_seconds: float = WAIT_SECONDS) -> int:
        """Take what is there and apply it; returns how many messages were taken.

        Raises `Unavailable` when the database is away: nothing is acknowledged, closing the subscriber gives it back.
        """
        deliveries = subscriber.receive(PREFETCH, wait_seconds)
        if deliveries:
            failpoint("consumer.received")
            read = [self._reader.read(delivery) for delivery in deliveries]
            failpoint("consumer.verified")
            if not self._apply_together(read):
                for message in read:
                    self._apply_alone(subscriber, message)
            else:
                failpoint("consumer.after_commit")
                subscriber.ack(deliveries)
                failpoint("consumer.after_ack")
        return len(deliveries)

    def _apply_together(self, read: Sequence[Received | Receipt | Unusable]) -> bool:
        """Apply all in one transaction; False when one of several made it fail and each must be tried alone."""
        for attempt in range(1, BATCH_TRIES_MAX + 1):
            try:
                self._apply(read)
            except (DBAPIError, PoolTimeout, Unavailable) as error:
                if isinstance(error, Unavailable) or is_away(error):
                    raise Unavailable("database") from error
                if sql_state(error) in RETRYABLE_STATES and attempt < BATCH_TRIES_MAX:
                    clock.sleep(seconds_before_retry(attempt, *RETRY_SECONDS))
                    continue
                return False
            except Exception as error:
                logs.get().info("batch_falls_apart", count=len(read), error=error)
                return False
            return True
        return False

    def _apply_alone(self, subscriber: Subscriber, message: Received | Receipt | Unusable) -> None:
        try:
            self._apply([message])
        except (DBAPIError, PoolTimeout, Unavailable) as error:
            if isinstance(error, Unavailable) or is_away(error):
                raise Unavailable("database") from error
            self._failed(subscriber, message, error)
        except Exception as error:
            self._failed(subscriber, message, error)
        else:
            failpoint("consumer.after_commit")
            subscriber.ack([message.delivery])

    def _failed(self, subscriber: Subscriber, message: Any, error: Exception) -> None:
        delivery = message.delivery
        logs.get().warning("event_failed", type=delivery.message.routing_key, attempt=delivery.attempt, error=error)
        if delivery.attempt <= len(RETRY_DELAYS_SECONDS):
            metrics.RETRIES.labels(self._service, delivery.message.routing_key).inc()
            subscriber.retry(delivery, RETRY_DELAYS_SECONDS[delivery.attempt - 1])
            return
        places = logs.exception_places(error)
        self._apply([Unusable(delivery, "handler_failed", f"{type(error).__qualname__} at {places[-1:]}")])
        subscriber.ack([delivery])

    def _apply(self, read: Sequence[Received | Receipt | Unusable]) -> None:
        received = [each for each in read if isinstance(each, Received)]
        receipts = [each for each in read if isinstance(each, Receipt)]
        unusable = [each for each in read if isinstance(each, Unusable)]
        runs = runs_of([(each.event, each.envelope) for each in _without_repetitions(received)])
        # All that is known beforehand goes out with BEGIN, in the order of its locks: the same for every consumer.
        ahead = [*(_settling(receipt) for receipt in receipts), *_taking_in(received)]
        reads = first_reads(self._handlers, runs[0]) if runs else ()
        # The organization with which `handle` begins is named to the database right away.
        first = runs[0][0][1].organization_id if runs else None
        with self._database.transaction(first, [*ahead, *reads]) as session:
            if receipts:
                failpoint("receipts.after_settle")
            dead_letter_store.add(session, unusable)
            if received:
                inbox, *found = [cursor.fetchall() for cursor in session.ahead[len(receipts) :]]
                failpoint("consumer.after_inbox")
                self._apply_events(session, runs, {row[0] for row in inbox}, found if reads else None)
            elif not unusable:
                # What a crash of PostgreSQL forgets of receipts is published once more, and received once more.
                session.send_along("SET LOCAL synchronous_commit = off", [])
            failpoint("consumer.before_commit")
        metrics.SETTLED.labels(self._service).inc(sum(len(receipt.event_ids) for receipt in receipts))
        dead_letter_store.count(self._service, unusable)
        if unusable:
            self.applied.set()
        for event in received:
            metrics.LAG_SECONDS.labels(self._service).observe(
                max(0.0, (clock.now() - event.envelope.occurred_at).total_seconds())
            )
        if received:
            self.applied.set()

    def _apply_events(
        self, session: Session, runs: Sequence[Sequence[Delivered]], new: set[UUID], found: Found | None
    ) -> None:
        """Apply those of the runs that are `new`; `found`: what the reads of the first run found, all being new."""
        delivered = [pair for run in runs for pair in run]
        repeated = {envelope.id for _, envelope in delivered} - new
        if repeated:
            # Its producer sent it again, so the receipt must have got lost.
            metrics.DUPLICATES.labels(self._service).inc(len(repeated))
            session.execute(update(INBOX).where(INBOX.c.event_id.in_(repeated)).values(receipted_at=None))
            delivered, found = [pair for pair in delivered if pair[1].id in new], None
        handle(self._service, session, self._handlers, delivered, found)
        failpoint("consumer.after_effect")


def _without_repetitions(received: Iterable[Received]) -> Iterable[Received]:
    """The same event twice in one batch is applied once."""
    return {each.envelope.id: each for each in received}.values()


def _settling(receipt: Receipt) -> Statement:
    return SETTLE, {"consumer": receipt.consumer, "ids": receipt.event_ids}


def _taking_in(received: Sequence[Received]) -> Sequence[Statement]:
    """The statement that inserts inbox rows and answers with the ids of those that were not there."""
    now = clock.now()
    # One order for everybody: two consumers with overlapping batches wait for each other instead of deadlocking.
    rows = [
        {
            "event_id": each.envelope.id,
            "organization_id": each.envelope.organization_id,
            "type": each.envelope.type,
            "received_at": now,
        }
        for each in sorted(_without_repetitions(received), key=lambda each: each.envelope.id)
    ]
    return [inserting(INBOX.name, rows, on_conflict="DO NOTHING", returning="event_id")] if rows else ()
