"""Events as a service's consumer applies them: through an envelope, in one transaction, each in its organization."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared import clock
from shared.contracts.envelope import Envelope, contract_of, from_data, to_data
from shared.database.session import Database
from shared.ids import new_id
from shared.messaging.handling import handle
from shared.testing.databases import load


def envelope_of(event: Any, occurred_at: datetime | None = None) -> Envelope:
    """The envelope in which an event travels; without `occurred_at` it has happened just now."""
    contract = contract_of(type(event))
    return Envelope(
        id=new_id(),
        type=contract.type,
        source=contract.producer,
        organization_id=event.organization_id,
        aggregate_id=getattr(event, contract.aggregate),
        aggregate_version=getattr(event, contract.version),
        occurred_at=occurred_at or clock.now(),
        correlation_id=None,
        causation_id=None,
        data=to_data(event),
    )


def apply(service: str, worker: Database, *events: Any, occurred_at: datetime | None = None) -> None:
    """Have a service apply a batch of events, each read from its bytes. Raises `InvalidEvent`, and what handlers do."""
    handlers = load(service).handlers
    envelopes = [Envelope.from_bytes(envelope_of(event, occurred_at).to_bytes()) for event in events]
    pairs = [
        (from_data(type(event), envelope.data), envelope) for event, envelope in zip(events, envelopes, strict=True)
    ]
    worker.run(lambda session: handle(service, session, handlers, pairs))
