"""Dead letters: what cannot be applied is kept in a table, where people can look, repair and replay.

The producer is told so by a receipt (it has arrived, only not been applied), except for what was not signed by it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from shared import clock, logs
from shared.back_off import BackOff
from shared.contracts.envelope import Envelope, InvalidEvent, producer_of
from shared.database.session import Database, Session
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.event_signature import Verifier
from shared.messaging import metrics
from shared.messaging.tables import DEAD_LETTERS
from shared.messaging.transport import BusUnavailable, Delivery, Transport

LOOK_SECONDS: Final = 5.0
BACK_OFF_SECONDS: Final = (0.5, 5.0)  # after the first failure, and the longest
BATCH_MAX: Final = 50
UNSIGNED: Final = "bad_signature"  # no service signed it: somebody who reaches the bus may have written anything
TOO_OLD: Final = "too_old"
UNKNOWN_TYPE: Final = "unknown_type"  # sent by a newer release than this one
NO_KEY: Final = "no_key"  # sealed under a bus key that is not here
# Of messages that nobody signed so many are kept, and so much of each: nobody fills the disk with them.
UNSIGNED_PLACES: Final = 1_000
UNSIGNED_BYTES_MAX: Final = 8_192
NOT_CLOSED: Final = {"replayed_at": None, "discarded_at": None, "discard_reason": None}
PLACES: Final = UUID("6f0d2d0e-5b0c-4a57-9f43-0a4c6c5e7a11")  # the namespace of their ids


@dataclass(frozen=True, slots=True)
class Unusable:
    """A message that cannot be applied: why as a slug, and in words that repeat nothing of what it says."""

    delivery: Delivery
    reason: str
    error: str

    @property
    def place(self) -> UUID:
        """Where it is kept if nobody signed it: one of a fixed number of ids."""
        digest = hashlib.sha256(self.delivery.message.body).digest()
        return uuid5(PLACES, str(int.from_bytes(digest[:8], "big") % UNSIGNED_PLACES))


def add(session: Session, messages: Iterable[Unusable]) -> None:
    """Insert dead letters; the same event is kept once until somebody deals with it."""
    found = list(messages)
    for signed in (message for message in found if message.reason != UNSIGNED):
        event_id, organization_id = _who(signed.delivery.message.body)
        about = {"id": new_id(), "event_id": event_id, "organization_id": organization_id}
        session.execute(insert(DEAD_LETTERS).values(**_parked(signed), **about).on_conflict_do_nothing())
    unsigned = {message.place: message for message in found if message.reason == UNSIGNED}
    if unsigned:
        _add_unsigned(session, unsigned)


def count(service: str, messages: Iterable[Unusable]) -> None:
    """Show in metrics and log, after the commit, that messages were parked."""
    for message in messages:
        metrics.PARKED.labels(service, message.reason).inc()
        logs.get().error("event_parked", type=message.delivery.message.routing_key, reason=message.reason)


def _add_unsigned(session: Session, unsigned: Mapping[UUID, Unusable]) -> None:
    """Keep the beginning of each message in its place, unless an open one has taken it.

    No producer is told: nobody knows who sent it. A service whose key was not there yet sends again by itself.
    """
    # In one order for everybody, so that two batches wait for each other instead of deadlocking.
    rows = [{"id": place, **_parked(unsigned[place])} for place in sorted(unsigned)]
    for row in rows:
        row |= {"body": row["body"][:UNSIGNED_BYTES_MAX], **NOT_CLOSED}
    closed = DEAD_LETTERS.c.replayed_at.is_not(None) | DEAD_LETTERS.c.discarded_at.is_not(None)
    statement = insert(DEAD_LETTERS).values(rows)
    taken_over = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=taken_over, where=closed))


def _parked(message: Unusable) -> dict[str, Any]:
    """The columns that every dead letter has."""
    return {
        "type": message.delivery.message.routing_key,
        "reason": message.reason,
        "error": message.error[:500],
        "attempts": message.delivery.attempt,
        "body": message.delivery.message.body,
        "headers": message.delivery.message.headers,
        "parked_at": clock.now(),
    }


def _who(body: bytes) -> tuple[UUID | None, UUID | None]:
    try:
        envelope = Envelope.from_bytes(body)
    except InvalidEvent:
        return None, None
    return envelope.id, envelope.organization_id


class DeadLetterDrain:
    """Moves what the bus itself gave up on (a message that kills its consumer) into the same table."""

    def __init__(
        self,
        service: str,
        database: Database,
        transport: Transport,
        verifier: Verifier,
        due: threading.Event | None = None,
    ) -> None:
        """`due` is for receipts: it is set when something was moved."""
        self._service, self._database, self._transport, self._verifier = service, database, transport, verifier
        self._due = due or threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Look every few seconds until `stop` is set."""
        back_off = BackOff(*BACK_OFF_SECONDS)
        while not stop.is_set():
            try:
                subscriber = self._transport.dead_letters(self._service)
                try:
                    while not stop.is_set():
                        deliveries = subscriber.receive(BATCH_MAX, LOOK_SECONDS)
                        if deliveries:
                            parked = [self._judged(delivery) for delivery in deliveries]
                            self._database.run(partial(add, messages=parked))
                            count(self._service, parked)
                            self._due.set()
                            subscriber.ack(deliveries)
                        back_off.succeeded()
                finally:
                    subscriber.close()
            except (BusUnavailable, Unavailable):
                stop.wait(back_off.failed())

    def _judged(self, delivery: Delivery) -> Unusable:
        message = delivery.message
        signed = self._verifier.is_signed(message.body, message.headers, producer_of(message.routing_key))
        reason = "delivery_limit" if signed else UNSIGNED
        return Unusable(delivery, reason, "handed out too often without being finished")
