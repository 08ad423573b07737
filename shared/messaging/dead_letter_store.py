"""Dead letters: what cannot be applied is kept in a table, where people can look, repair and replay.

The producer is told so by a receipt (it has arrived, only not been applied), except for what was not signed by it.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from shared import clock, logs
from shared.back_off import BackOff
from shared.contracts.envelope import Envelope, InvalidEvent
from shared.database.session import Database, Session
from shared.errors import Unavailable
from shared.ids import new_id
from shared.messaging import metrics
from shared.messaging.tables import DEAD_LETTERS
from shared.messaging.transport import BusUnavailable, Delivery, Transport

LOOK_SECONDS: Final = 5.0
BACK_OFF_SECONDS: Final = (0.5, 5.0)  # after the first failure, and the longest
BATCH_MAX: Final = 50
# Nobody can be told about what nobody is known to have sent.
WITHOUT_RECEIPT: Final = frozenset({"bad_signature"})


def add(session: Session, service: str, delivery: Delivery, reason: str, error: str) -> None:
    """Insert the dead letter of a message; the same event is kept once until somebody deals with it."""
    message = delivery.message
    event_id, organization_id = _who(message.body)
    trusted = reason not in WITHOUT_RECEIPT
    session.execute(
        insert(DEAD_LETTERS)
        .values(
            id=new_id(),
            organization_id=organization_id if trusted else None,
            event_id=event_id if trusted else None,
            type=message.routing_key[:200],
            reason=reason,
            error=error[:500],
            attempts=delivery.attempt,
            body=message.body,
            headers=message.headers,
            parked_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    metrics.PARKED.labels(service, reason).inc()
    logs.get().error("event_parked", type=message.routing_key[:200], reason=reason)


def _who(body: bytes) -> tuple[UUID | None, UUID | None]:
    try:
        envelope = Envelope.from_bytes(body)
    except InvalidEvent:
        return None, None
    return envelope.id, envelope.organization_id


class DeadLetterDrain:
    """Moves what the bus itself gave up on (a message that kills its consumer) into the same table."""

    def __init__(self, service: str, database: Database, transport: Transport) -> None:
        self._service, self._database, self._transport = service, database, transport

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
                            self._database.run(partial(self._add_all, deliveries=deliveries))
                            subscriber.ack(deliveries)
                        back_off.succeeded()
                finally:
                    subscriber.close()
            except (BusUnavailable, Unavailable):
                stop.wait(back_off.failed())

    def _add_all(self, session: Session, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            add(
                session,
                self._service,
                delivery,
                "delivery_limit",
                "handed out too often without being finished",
            )
