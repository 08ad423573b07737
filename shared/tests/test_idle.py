"""A part that finds nothing to do begins no transaction, whichever it is; what is there is seen all the same."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from shared import worker
from shared.command_line import ROLES
from shared.database import claim_loop
from shared.database.glance import finds
from shared.database.session import Database
from shared.messaging.embedded import EmbeddedSubscriber, EmbeddedTransport
from shared.messaging.transport import Message
from shared.services import SERVICES
from shared.settings import Environment
from shared.testing.databases import TestServer, database_of, load
from shared.testing.web import Keys

# The event path waits for NOTIFY and for its like; purge comes once a day.
SELDOM = {*worker.EVENT_PATH, "purge"}


class Looks(threading.Event):
    """Nobody waits for it, and it is set after so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def is_set(self) -> bool:
        return self.left <= 0

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        return self.is_set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_part_without_work_begins_no_transaction(
    service: str, server: TestServer, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.service_database(service).url("worker")
    settings = {
        "WORKER_DATABASE_URL": url,
        "BUS_URL": server.bus_url(),
        "SIGNING_KEY_FILE": str(keys.private_file(service)),
        "PUBLIC_KEYS_DIR": str(keys.public),
        "BUS_KEYS_DIR": str(keys.bus),
    }
    found: dict[str, Any] = {}
    monkeypatch.setattr(worker, "run_parts", lambda _service, parts, *_: found.update(parts) or 0)
    monkeypatch.setattr(worker, "heed_signals", lambda _stop: None)
    definition = load(service)
    database = definition.database(url)
    assert worker.main(definition, database, Environment(settings), ROLES["background"]) == 0

    def refuse(*_: object) -> None:
        raise AssertionError("a transaction, and nothing to do")

    looks = Looks(3)
    monkeypatch.setattr(Database, "run", refuse)
    monkeypatch.setattr(claim_loop, "wait_for_notification", lambda _connection, seconds: looks.wait(seconds))
    parts = found.keys() - SELDOM
    assert parts
    for name in sorted(parts):
        looks.left = 3
        found[name](looks)
        assert looks.is_set(), name
    database.dispose()


def test_a_glance_sees_what_is_there_and_passes_on_what_it_cannot_know(server: TestServer) -> None:
    database = database_of(server.service_database("clients"), "worker")
    assert not finds(database, "SELECT FROM audit_pending LIMIT 1")
    assert finds(database, "SELECT 1 WHERE %s = 2", 2) and not finds(database, "SELECT 1 WHERE %s = 2", 3)
    assert finds(database, "SELECT FROM nothing_of_the_kind")
    assert not finds(database, "SELECT FROM audit_pending LIMIT 1"), "the connection is whole"
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    assert finds(nowhere, "SELECT FROM audit_pending LIMIT 1")
    database.dispose()


def test_a_queue_in_which_nothing_is_due_is_not_asked_again(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.embedded.LOOK_SECONDS", 3600.0)
    bus = EmbeddedTransport(server.bus_url())
    bus.declare()
    taken: list[int] = []
    take = EmbeddedSubscriber._take
    monkeypatch.setattr(EmbeddedSubscriber, "_take", lambda *given: taken.append(1) or take(*given))
    subscriber, publisher = bus.subscriber("billing"), bus.publisher()
    try:
        for _ in range(20):
            assert subscriber.receive(10, 0) == []
        assert len(taken) == 1
        publisher.publish([Message("clinical.appointment_documented.v1", b"{}", "1", {})])
        (delivery,) = subscriber.receive(10, 10)
        assert delivery.message.message_id == "1"
        subscriber.retry(delivery, 1)
        assert subscriber.receive(10, 0) == []
        assert [again.attempt for again in subscriber.receive(10, 10)] == [2], "by the clock alone"
    finally:
        publisher.close()
        subscriber.close()
