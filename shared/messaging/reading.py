"""What a message on a service's queue says, and whether it may be believed: an event, a receipt, or nothing usable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from shared import clock
from shared.contracts.envelope import (
    BODY_BYTES_MAX,
    CONTRACTS,
    Envelope,
    InvalidEvent,
    NotOpened,
    from_data,
    producer_of,
)
from shared.database.retention import EVENT_DAYS
from shared.keys.event_signature import BadSignature, Verifier
from shared.messaging.dead_letter_store import NO_KEY, TOO_OLD, UNKNOWN_TYPE, UNSIGNED, Unusable
from shared.messaging.handling import Handler
from shared.messaging.topology import receipts_key
from shared.messaging.transport import Delivery
from shared.services import SERVICES

# Whatever comes again within this time the inbox knows. What is older might have been applied and purged.
REMEMBERED: Final = timedelta(days=EVENT_DAYS - 1)


@dataclass(frozen=True, slots=True)
class Received:
    """An event that was read and trusted."""

    delivery: Delivery
    envelope: Envelope
    event: Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """A consumer's word that these events of ours have arrived."""

    delivery: Delivery
    consumer: str
    event_ids: list[UUID]


class Reader:
    """Reads what comes for one service, which handles these events."""

    def __init__(self, service: str, verifier: Verifier, handlers: Mapping[type, Handler]) -> None:
        self._service = service
        self._verifier = verifier
        self._handlers = handlers

    def read(self, delivery: Delivery) -> Received | Receipt | Unusable:
        """What a message says, trusted as far as it is signed; never raises."""
        message = delivery.message
        try:
            if len(message.body) > BODY_BYTES_MAX:
                return Unusable(delivery, UNSIGNED, "larger than an event may be")
            if message.routing_key == receipts_key(self._service):
                return self._read_receipt(delivery)
            # Before anything else is believed, even which event it is about.
            self._verifier.verify(message.body, message.headers, producer_of(message.routing_key))
            contract = CONTRACTS.get(message.routing_key)
            if contract is None or contract.cls not in self._handlers:
                return Unusable(delivery, UNKNOWN_TYPE, message.routing_key)
            envelope = Envelope.from_bytes(message.body)
            event = from_data(contract.cls, envelope.data)
            if envelope.type != contract.type or envelope.source != contract.producer:
                return Unusable(delivery, "invalid", "type or source differ from the routing key")
            if event.organization_id != envelope.organization_id:
                return Unusable(delivery, "invalid", "organization differs between envelope and data")
            if clock.now() - envelope.occurred_at > REMEMBERED:
                return Unusable(delivery, TOO_OLD, "older than the inbox remembers")
        except BadSignature:
            return Unusable(delivery, UNSIGNED, "not signed by its producer")
        except NotOpened as error:
            return Unusable(delivery, NO_KEY, str(error))
        except InvalidEvent as error:
            return Unusable(delivery, "invalid", str(error))
        return Received(delivery, envelope, event)

    def _read_receipt(self, delivery: Delivery) -> Receipt | Unusable:
        try:
            body = orjson.loads(delivery.message.body)
            consumer, identifiers = body["consumer"], [UUID(identifier) for identifier in body["event_ids"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            return Unusable(delivery, UNSIGNED, "not a receipt")
        if consumer not in SERVICES:
            return Unusable(delivery, UNSIGNED, "a receipt of an unknown consumer")
        self._verifier.verify(delivery.message.body, delivery.message.headers, consumer)
        return Receipt(delivery, consumer, identifiers)
