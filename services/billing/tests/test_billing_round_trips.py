"""What drafting costs in waiting for PostgreSQL: what comes together costs as little as what comes alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final

import pytest
from sqlalchemy import make_url

from shared.database.session import Database
from shared.keys.event_signature import Signer, Verifier
from shared.keys.public import PublicKeys
from shared.messaging.consumer import Consumer
from shared.messaging.transport import Delivery, Message
from shared.testing.databases import load
from shared.testing.events import envelope_of
from shared.testing.round_trips import CountingDoor
from shared.testing.web import Keys

WARM: Final = 8  # psycopg prepares a statement at its sixth time
TO_READ_AND_TO_WRITE: Final = 2
NEXT_ORGANIZATION: Final = 1


class Handed:
    """A subscriber that hands out what a test gives it."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    def receive(self, messages_max: int, wait_seconds: float) -> list[Delivery]:
        return self.deliveries[:messages_max]

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        self.deliveries = [each for each in self.deliveries if each not in deliveries]

    def retry(self, delivery: Delivery, delay_seconds: int) -> None:
        raise AssertionError("nothing here is to fail")

    def close(self) -> None:
        pass


class Line:
    """Billing's consumer behind a door that counts."""

    def __init__(self, url: str, door: CountingDoor) -> None:
        self.keys, self.door, self.handed = Keys(), door, Handed()
        self.database = Database(url, pool_size=1)
        verifier = Verifier(PublicKeys(self.keys.public))
        self.consumer = Consumer("billing", self.database, None, verifier, load("billing").handlers)  # type: ignore[arg-type]  # a step needs no bus

    def trips(self, *events: Any) -> int:
        """How often the consumer waits for PostgreSQL to apply these events, which came together."""
        signer, before = Signer(self.keys.private_file("clinical")), self.door.round_trips
        for envelope in map(envelope_of, events):
            body = envelope.to_bytes()
            message = Message(envelope.type, body, str(envelope.id), signer.sign(body))
            self.handed.deliveries.append(Delivery(message, envelope.id))
        assert self.consumer.step(self.handed) == len(events)
        assert self.handed.deliveries == []
        return self.door.round_trips - before


@pytest.fixture
def line(billing_database) -> Iterator[Line]:
    url = make_url(billing_database.url("worker"))
    with closing(CountingDoor(str(url.host), int(url.port or 0))) as door:
        made = Line(url.set(port=door.port).render_as_string(hide_password=False), door)
        yield made
        made.database.dispose()


def notes(practice, how_many: int, **facts: Any) -> list[Any]:
    client, service = practice.client(), practice.service(**facts)
    return [practice.documented(client, service) for _ in range(how_many)]


def test_drafting_takes_two_round_trips_for_one_note_and_for_many(practice, line) -> None:
    for note in notes(practice, WARM):
        line.trips(note)
    assert [line.trips(note) for note in notes(practice, 3)] == [TO_READ_AND_TO_WRITE] * 3
    assert [line.trips(*notes(practice, 100)) for _ in range(2)] == [TO_READ_AND_TO_WRITE] * 2


def test_a_draft_that_is_held_takes_no_more(practice, line) -> None:
    held = notes(practice, WARM + 3, note_minutes_min=80, note_minutes_max=90)
    assert [line.trips(note) for note in held][WARM:] == [TO_READ_AND_TO_WRITE] * 3
    drafted = practice.invoices(held[-1].appointment_id)
    assert [hold["code"] for hold in drafted[0]["holds"]] == ["minutes_do_not_fit"]


def test_each_further_practice_takes_one(new_practice, line) -> None:
    practices = [new_practice() for _ in range(3)]
    together = [note for practice in practices for note in notes(practice, 5 + WARM)]
    for at in range(WARM):
        line.trips(*together[at :: 5 + WARM])
    mixed = [note for at in range(5) for note in together[WARM + at :: 5 + WARM]]
    assert line.trips(*mixed) == TO_READ_AND_TO_WRITE + 2 * NEXT_ORGANIZATION
    for practice, note in zip(practices, mixed, strict=False):
        assert len(practice.invoices(note.appointment_id)) == 1
