"""What was parked because nobody could read it yet is applied by itself once somebody can."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

import pytest
from sqlalchemy import select

from shared.contracts.clients import ClientChanged
from shared.ids import new_id
from shared.keys import bus
from shared.keys.event_signature import Signer
from shared.messaging import second_look
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letter_store import Unusable
from shared.messaging.dead_letters import message_of
from shared.messaging.handling import Handler
from shared.messaging.reading import Reader
from shared.messaging.second_look import SecondLook
from shared.messaging.tables import DEAD_LETTERS
from shared.messaging.transport import Delivery, Message
from shared.testing.databases import load
from shared.testing.events import envelope_of
from shared.testing.waiting import wait_until
from shared.tests.conftest import Path

HANDLERS = load("billing").handlers
OF_BEFORE = {cls: handler for cls, handler in HANDLERS.items() if cls is not ClientChanged}


def changed(name: str = "Ada Canary") -> ClientChanged:
    return ClientChanged(organization_id=new_id(), client_id=new_id(), version=1, display_name=name, status="active")


def publish(path: Path, *events: Any) -> None:
    signer = Signer(path.keys.private_file("clients"))
    publisher = path.transport.publisher()
    for event in events:
        envelope = envelope_of(event)
        body = envelope.to_bytes()
        publisher.publish([Message(envelope.type, body, str(envelope.id), signer.sign(body))])
    publisher.close()


def consume(path: Path, handlers: Mapping[type, Handler]) -> None:
    """Apply all that is there with a consumer of billing that handles these."""
    consumer = Consumer("billing", path.consuming, path.transport, path.verifier, handlers)
    subscriber = path.transport.subscriber("billing")
    try:
        while consumer.step(subscriber, 0.5):
            pass
    finally:
        subscriber.close()


def looking(path: Path, handlers: Mapping[type, Handler]) -> SecondLook:
    return SecondLook("billing", path.consuming, path.transport, Reader("billing", path.verifier, handlers))


def names(path: Path) -> set[str]:
    return {name for (name,) in path.billing.rows("SELECT display_name FROM client_copies")}


def waiting(path: Path) -> list[tuple[str, str]]:
    found = path.billing.rows("SELECT reason, error FROM dead_letters WHERE replayed_at IS NULL ORDER BY parked_at")
    return [(str(reason), str(error)) for reason, error in found]


def unusable(path: Path) -> list[object]:
    """What the reader still cannot use of all that waits, each with its reason."""
    reader = Reader("billing", path.verifier, HANDLERS)
    parked = path.consuming.run(lambda session: session.execute(select(DEAD_LETTERS)).all())
    assert parked, "nothing waits"
    return [found for row in parked if isinstance(found := reader.read(Delivery(message_of(row), None)), Unusable)]


@pytest.fixture
def away(tmp_path: File, keys: Any) -> Iterator[None]:
    """While the test lasts this process has no bus key until it takes the one of everybody."""
    yield
    bus.use(keys.bus)


def test_what_a_newer_release_sends_waits_for_the_upgrade(path: Path) -> None:
    """A rolling upgrade: the producer is newer than this consumer, which was started before it."""
    event = changed()
    publish(path, event)
    consume(path, OF_BEFORE)
    assert waiting(path) == [("unknown_type", "clients.client_changed.v2")]
    assert looking(path, OF_BEFORE).look() == 0, "still of the release before"
    assert names(path) == set()
    assert looking(path, HANDLERS).look() == 1
    assert waiting(path) == []
    consume(path, HANDLERS)
    assert names(path) == {event.display_name}
    assert looking(path, HANDLERS).look() == 0


def test_without_the_key_an_event_waits_and_is_applied_when_the_key_is_there(
    path: Path, tmp_path: File, away: None
) -> None:
    first, second = changed("Ada Canary"), changed("Bo Canary")
    publish(path, first, second)
    bus.use(tmp_path)
    consume(path, HANDLERS)
    assert waiting(path) == [("no_key", "sealed under a key that is not here: bus.1")] * 2
    assert looking(path, HANDLERS).look() == 0
    bus.use(path.keys.bus)
    look = looking(path, HANDLERS).look
    assert wait_until(look, 30, f"a look that opens them, of which the reader says {unusable(path)},") == 2
    consume(path, HANDLERS)
    assert names(path) == {"Ada Canary", "Bo Canary"}


def test_what_is_parked_shows_no_name(path: Path, tmp_path: File, away: None) -> None:
    publish(path, changed())
    bus.use(tmp_path)
    consume(path, HANDLERS)
    ((body, error),) = path.billing.rows("SELECT body, error FROM dead_letters")
    assert b"client_changed.v2" in body
    assert b"Canary" not in body
    assert "Canary" not in error


def test_what_waits_for_an_operator_stays(path: Path) -> None:
    publish(path, changed())
    consume(path, OF_BEFORE)
    path.billing.rows("UPDATE dead_letters SET reason = 'handler_failed' RETURNING 1")
    assert looking(path, HANDLERS).look() == 0
    assert waiting(path) != []


def test_those_behind_others_that_cannot_be_read_have_their_turn(
    path: Path, tmp_path: File, away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_look, "ROWS_MAX", 2)
    (tmp_path / "other").mkdir()
    for _ in range(2):
        bus.begin([tmp_path / "other"])
    (tmp_path / "other" / "bus.1.key").unlink()
    bus.use(tmp_path / "other")
    publish(path, changed("1"), changed("2"))
    bus.use(path.keys.bus)
    publish(path, changed("3"))
    bus.use(tmp_path)
    consume(path, HANDLERS)
    assert sorted(error[-5:] for _, error in waiting(path)) == ["bus.1", "bus.2", "bus.2"]
    look = looking(path, HANDLERS)
    assert [look.look(), look.look()] == [0, 0]
    bus.use(path.keys.bus)
    assert sum(look.look() for _ in range(2)) == 1, "the third, behind two that still wait"
    consume(path, HANDLERS)
    assert names(path) == {"3"}


def test_the_part_runs_until_it_is_told_to_stop(path: Path, stop: threading.Event) -> None:
    publish(path, changed())
    consume(path, OF_BEFORE)
    thread = threading.Thread(target=looking(path, HANDLERS).run, args=(stop,), daemon=True)
    thread.start()
    wait_until(lambda: waiting(path) == [], 10, "the second look")
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
