"""A producer and a consumer of real events on real databases: clinical's outbox, billing's inbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from shared.contracts.clinical import AppointmentDocumented
from shared.database.session import Database
from shared.ids import new_id
from shared.keys.event_signature import Signer, Verifier
from shared.keys.public import PublicKeys
from shared.messaging import outbox
from shared.messaging.consumer import Consumer
from shared.messaging.receipts import Receipts
from shared.messaging.relay import Relay
from shared.messaging.transport import Transport
from shared.testing.databases import ServiceDatabase, TestServer, database_of
from shared.testing.web import Keys

SETTLE_AGE_SECONDS = 1


def documented(organization_id: UUID | None = None, version: int = 1) -> AppointmentDocumented:
    """An event with fresh ids."""
    return AppointmentDocumented(
        organization_id=organization_id or new_id(),
        appointment_id=new_id(),
        client_id=new_id(),
        version=version,
        case_id=new_id(),
        note_id=new_id(),
        service_type_id=new_id(),
        rendering_staff_id=new_id(),
        service_date=date(2026, 10, 6),
        minutes=55,
        diagnosis_codes=("F41.1",),
    )


@dataclass
class Path:
    """The event path from clinical to billing with a handler of the test's own."""

    transport: Transport
    clinical: ServiceDatabase
    billing: ServiceDatabase
    keys: Keys
    applied: list[AppointmentDocumented] = field(default_factory=list)
    failing: Callable[[AppointmentDocumented], bool] = lambda _event: False
    producer: Database = field(init=False)
    consuming: Database = field(init=False)

    def __post_init__(self) -> None:
        self.producer = database_of(self.clinical, "app")
        self.consuming = database_of(self.billing, "worker")
        self.settling = database_of(self.clinical, "worker")
        self.verifier = Verifier(PublicKeys(self.keys.public))

    def emit(self, *events: AppointmentDocumented) -> list[UUID]:
        """Insert the events' outbox rows, each in a transaction of its own."""
        return [self.producer.run(lambda s, e=e: outbox.add(s, e), e.organization_id) for e in events]

    def relay(self, settle_age_seconds: int = SETTLE_AGE_SECONDS) -> int:
        """Publish what is due; returns how many rows were taken."""
        signer = Signer(self.keys.private_file("clinical"))
        relay = Relay("clinical", self.clinical.url("worker"), self.transport, signer, settle_age_seconds)
        publisher = self.transport.publisher()
        try:
            with psycopg.connect(self.clinical.url("worker"), autocommit=True, row_factory=dict_row) as connection:
                return relay.relay_batch(connection, publisher)
        finally:
            publisher.close()

    def consumer(self) -> Consumer:
        """Billing's consumer with the test's handler."""
        return Consumer(
            "billing", self.consuming, self.transport, self.verifier, {AppointmentDocumented: self.on_documented}
        )

    def on_documented(self, session: Any, event: AppointmentDocumented, _envelope: Any) -> None:
        """Remember the event; its effect on the database is an audit row, in the same transaction."""
        from shared import audit

        audit.record(session, None, "applied", organization_id=event.organization_id, object_id=event.note_id)
        if self.failing(event):
            raise RuntimeError("the test wants this one to fail")
        self.applied.append(event)

    def effects(self) -> int:
        """How many effects were committed."""
        return int(str(self.billing.rows("SELECT count(*) FROM audit_entries WHERE action = 'applied'")[0][0]))

    def consume(self, wait_seconds: float = 2.0) -> int:
        """One step of a fresh consumer; returns how many messages it took."""
        subscriber = self.transport.subscriber("billing")
        try:
            return self.consumer().step(subscriber, wait_seconds)
        finally:
            subscriber.close()

    def send_receipts(self) -> None:
        """Billing's receipts, and clinical's settling of them."""
        signer = Signer(self.keys.private_file("billing"))
        receipts = Receipts("billing", self.billing.url("worker"), self.transport, signer)
        publisher = self.transport.publisher()
        try:
            with psycopg.connect(self.billing.url("worker"), autocommit=True) as connection:
                receipts.send(connection, publisher)
        finally:
            publisher.close()
        settling = Consumer("clinical", self.settling, self.transport, self.verifier, {})
        subscriber = self.transport.subscriber("clinical")
        try:
            settling.step(subscriber, 2.0)
        finally:
            subscriber.close()

    def unsettled(self) -> int:
        """Outbox rows without all receipts."""
        return int(str(self.clinical.rows("SELECT count(*) FROM outbox WHERE settled_at IS NULL")[0][0]))

    def dead_letters(self) -> list[tuple[object, ...]]:
        """(type, reason) of every dead letter."""
        return self.billing.rows("SELECT type, reason FROM dead_letters ORDER BY parked_at")

    def close(self) -> None:
        for database in (self.producer, self.consuming, self.settling):
            database.dispose()


@pytest.fixture
def path(transport: Transport, server: TestServer, keys: Keys) -> Iterator[Path]:
    """The event path on fresh databases, over each transport in turn."""
    made = Path(transport, server.service_database("clinical"), server.service_database("billing"), keys)
    yield made
    made.close()


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Set at the end of the test, so that threads end."""
    event = threading.Event()
    yield event
    event.set()
