"""The event path, the same tests over RabbitMQ and the embedded bus: nothing lost, nothing applied twice."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import orjson
import pytest

from shared.contracts.envelope import from_data, to_data
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.event_signature import Signer
from shared.messaging import consumer as consumer_module
from shared.messaging.relay import Relay
from shared.messaging.transport import Message, PublishFailed
from shared.testing.events import envelope_of
from shared.testing.waiting import wait_until
from shared.tests.conftest import Path, documented


def message(path: Path, event: Any, *, signed_by: str = "clinical", **changes: Any) -> Message:
    """An event as a message, with whatever the test wants to be wrong about it."""
    envelope = envelope_of(event)
    body = replace(envelope, **{"correlation_id": "test-correlation", **changes}).to_bytes()
    return Message(envelope.type, body, str(envelope.id), Signer(path.keys.private_file(signed_by)).sign(body))


def publish(path: Path, *messages: Message) -> None:
    publisher = path.transport.publisher()
    try:
        publisher.publish(messages)
    finally:
        publisher.close()


def test_an_event_goes_from_outbox_to_effect_and_its_receipt_settles_it(path: Path) -> None:
    event = documented()
    path.emit(event)
    assert path.relay() == 1
    assert path.consume() == 1
    assert path.applied == [event]
    assert path.unsettled() == 1, "a confirm is not a receipt"
    path.send_receipts()
    assert path.unsettled() == 0


def test_a_backlog_is_one_batch_and_keeps_its_order(path: Path) -> None:
    events = [documented() for _ in range(50)]
    path.emit(*events)
    path.relay()
    subscriber = path.transport.subscriber("billing")
    consumer = path.consumer()
    wait_until(lambda: path.transport.depth("billing")["ready"] == 50 or True)
    taken = 0
    while taken < 50:
        taken += consumer.step(subscriber, 2.0)
    subscriber.close()
    assert path.applied == events


def test_the_same_event_many_times_has_one_effect(path: Path) -> None:
    path.emit(documented())
    for _ in range(4):
        path.relay(settle_age_seconds=0)
    while path.consume(0.5):
        pass
    assert path.effects() == 1


def test_two_consumers_with_the_same_event_have_one_effect(path: Path) -> None:
    event = message(path, documented())
    publish(path, *[event] * 8)
    threads = [threading.Thread(target=lambda: path.consume(1.0)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while path.consume(0.3):
        pass
    assert path.effects() == 1


def test_a_failing_event_is_retried_later_and_does_not_hold_up_its_neighbours(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = documented(), documented()
    tries = []
    path.failing = lambda event: event == bad and (tries.append(1) or len(tries) < 3)
    path.emit(bad, good)
    path.relay()
    path.consume()
    assert path.applied == [good]
    assert path.effects() == 1, "the failed one left no effect"
    wait_until(lambda: path.consume(0.2) or bad in path.applied, 10, "the retry")
    assert path.effects() == 2
    assert path.dead_letters() == []


def test_what_keeps_failing_is_parked_and_its_producer_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer_module, "RETRY_DELAYS_SECONDS", ())
    path.failing = lambda _event: True
    path.emit(documented())
    path.relay()
    path.consume()
    assert path.dead_letters() == [("clinical.appointment_documented.v1", "handler_failed")]
    assert path.effects() == 0
    path.send_receipts()
    assert path.unsettled() == 0


@pytest.mark.parametrize(
    ("reason", "make"),
    [
        ("invalid", lambda path: replace(message(path, documented()), body=b"\xff not json")),
        ("invalid", lambda path: message(path, documented(), data={"appointment_id": "nonsense"})),
        ("invalid", lambda path: message(path, documented(), organization_id=new_id())),
        ("bad_signature", lambda path: message(path, documented(), signed_by="clients")),
        ("bad_signature", lambda path: replace(message(path, documented()), headers={})),
    ],
)
def test_what_can_not_be_read_or_trusted_is_parked_at_once(path: Path, reason: str, make: Any) -> None:
    broken = make(path)
    if reason == "invalid" and broken.body.startswith(b"\xff"):
        broken = replace(broken, headers=Signer(path.keys.private_file("clinical")).sign(broken.body))
    good = documented()
    publish(path, broken, message(path, good))
    while path.consume(0.5):
        pass
    assert [why for _, why in path.dead_letters()] == [reason]
    assert path.applied == [good]


def test_a_field_that_this_code_does_not_know_is_ignored(path: Path) -> None:
    event = documented()
    publish(path, message(path, event, data={**to_data(event), "from_the_future": 1}))
    path.consume()
    assert path.applied == [event]


def test_a_type_that_nobody_consumes_is_not_taken(path: Path) -> None:
    event = message(path, documented())
    with pytest.raises(PublishFailed):
        publish(path, replace(event, routing_key="clinical.never_heard_of.v1"))


def test_a_consumer_that_dies_before_acknowledging_gives_its_messages_back(path: Path) -> None:
    path.emit(documented())
    path.relay()
    subscriber = path.transport.subscriber("billing")
    assert len(subscriber.receive(10, 5.0)) == 1
    subscriber.close()
    wait_until(lambda: path.consume(0.5) or path.applied, 10, "the redelivery")
    assert path.effects() == 1


def test_a_lost_receipt_is_sent_again_when_the_event_comes_again(path: Path) -> None:
    path.emit(documented())
    path.relay(settle_age_seconds=0)
    path.consume()
    path.billing.rows("UPDATE inbox SET receipted_at = now() RETURNING 1")  # sent, and lost on the way
    path.relay(settle_age_seconds=0)
    path.consume()
    path.send_receipts()
    assert path.unsettled() == 0
    assert path.effects() == 1


def test_a_receipt_settles_only_for_the_consumer_that_signed_it(path: Path) -> None:
    (event_id,) = path.emit(documented())
    path.relay()
    body = orjson.dumps({"consumer": "billing", "event_ids": [str(event_id)]})
    forged = Message("clinical.receipts.v1", body, "x", Signer(path.keys.private_file("clients")).sign(body))
    publish(path, forged)
    path.send_receipts()
    assert path.unsettled() == 1


def test_while_the_database_is_away_nothing_is_acknowledged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.emit(documented())
    path.relay()
    away = path.consumer()
    monkeypatch.setattr(away._database, "engine", _unreachable_engine())
    subscriber = path.transport.subscriber("billing")
    with pytest.raises(Unavailable):
        away.step(subscriber, 2.0)
    subscriber.close()
    monkeypatch.undo()
    wait_until(lambda: path.consume(0.5) or path.applied, 10, "the redelivery")
    assert path.effects() == 1


@pytest.mark.alone
def test_the_relay_is_woken_by_the_commit_and_does_not_poll(path: Path, stop: threading.Event) -> None:
    relay = Relay(
        "clinical", path.clinical.url("worker"), path.transport, Signer(path.keys.private_file("clinical")), 120
    )
    threading.Thread(target=relay.run, args=(stop,), daemon=True).start()
    wait_until(lambda: relay.connected, 10, "the relay")
    subscriber = path.transport.subscriber("billing")
    time.sleep(0.1)  # the relay has found nothing and waits for a notification
    started = time.monotonic()
    path.emit(documented())
    assert subscriber.receive(1, 5.0)
    assert time.monotonic() - started < 1.0, "the poll behind it would have taken two seconds"
    subscriber.close()


def test_an_event_class_and_its_schema_are_one() -> None:
    event = documented()
    assert from_data(type(event), to_data(event)) == event


def _unreachable_engine() -> Any:
    from sqlalchemy import create_engine

    return create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
