"""Denials on their way to the audit trail: each arrives, once, unless identity cannot take it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from gateway.edge import denials as denials_module
from gateway.edge.denials import DENIALS, Denials
from gateway.edge.upstream import UpstreamResponse
from gateway.route_table.row import Row
from shared import clock
from shared.actor import Person
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.actor_token import TokenMaker
from shared.testing.waiting import wait_until
from shared.testing.web import Keys

ROW = Row("GET", "/clients/{client_id}", "clients", "clients:read", "get_client")
SOMEBODY = Person(new_id(), new_id(), frozenset({"default"}), session_id=new_id())


class Identity:
    """Stands in for the upstream: `status` says what a batch is answered with; taken ones are counted by id."""

    def __init__(self) -> None:
        self.status: Callable[[list[dict[str, Any]]], int] = lambda _batch: 204
        self.taken: Counter[str] = Counter()
        self.asked = 0

    def send(self, _method: str, _path: str, _headers: object, body: bytes, *, read_seconds: float) -> UpstreamResponse:
        assert read_seconds <= 3
        self.asked += 1
        batch = orjson.loads(body)["denials"]
        status = self.status(batch)
        if status == 204:
            self.taken.update(denial["id"] for denial in batch)
        return UpstreamResponse(status, {}, b"")


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread sends by itself."""
    monkeypatch.setattr(Denials, "_run", lambda _self: None)


@pytest.fixture
def denials(identity: Identity, keys: Keys) -> Denials:
    return Denials(identity, TokenMaker(keys.private_file("gateway")))


def note(denials: Denials, count: int, network: str | None = None) -> None:
    for _ in range(count):
        denials.note(SOMEBODY, ROW, {"client_id": str(new_id())}, network, "forbidden")


def counted(recorded: str) -> float:
    return DENIALS.labels(recorded)._value.get()


def test_two_that_send_while_others_note_send_each_once_and_lose_none(
    denials: Denials, identity: Identity, quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials_module, "BATCH_MAX", 7)
    chance = random.Random(7)

    def status(_batch: list[dict[str, Any]]) -> int:
        clock.sleep(0.001)  # an answer takes time, so that more gathers meanwhile
        return chance.choice((204, 204, 503, 429))

    identity.status = status
    noted = threading.Event()
    failed: list[BaseException] = []

    def send() -> None:
        while not noted.is_set() or denials._waiting:
            try:
                denials.send_some()
            except Unavailable:
                continue
            except BaseException as error:
                failed.append(error)
                return

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for _ in range(300):
        note(denials, 1)
    noted.set()
    for sender in senders:
        sender.join(30)
    assert not failed, failed
    assert len(identity.taken) == 300 and set(identity.taken.values()) == {1}


def test_the_last_word_waits_for_a_batch_under_way(denials: Denials, identity: Identity, quiet: None) -> None:
    under_way, go_on = threading.Event(), threading.Event()

    def status(_batch: list[dict[str, Any]]) -> int:
        under_way.set()
        go_on.wait(10)
        return 204

    identity.status = status
    note(denials, 3)
    sender = threading.Thread(target=denials.send_some)
    sender.start()
    assert under_way.wait(5)
    note(denials, 2)
    last = threading.Thread(target=denials._last_word)
    last.start()
    go_on.set()
    sender.join(5)
    last.join(5)
    assert set(identity.taken.values()) == {1} and len(identity.taken) == 5


@pytest.mark.parametrize("status", [401, 404, 408, 429, 500, 503])
def test_what_may_pass_is_waited_for(denials: Denials, identity: Identity, quiet: None, status: int) -> None:
    note(denials, 3)
    identity.status = lambda _batch: status
    for _ in range(3):
        with pytest.raises(Unavailable):
            denials.send_some()
    identity.status = lambda _batch: 204
    assert denials.send_some() and not denials.send_some()
    assert len(identity.taken) == 3


@pytest.mark.parametrize("status", [400, 413, 422])
def test_only_what_can_not_be_taken_is_dropped(denials: Denials, identity: Identity, quiet: None, status: int) -> None:
    lost, kept = counted("no"), counted("yes")
    note(denials, 90)
    note(denials, 1, "bad")
    note(denials, 60)
    note(denials, 1, "bad")
    identity.status = lambda batch: status if any(denial["network"] == "bad" for denial in batch) else 204
    while denials.send_some():
        pass
    assert (len(identity.taken), counted("no") - lost, counted("yes") - kept) == (150, 2, 150)
    assert identity.asked < 60


def test_whatever_happens_the_sender_goes_on(
    denials: Denials, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials_module, "GATHER_SECONDS", 0.01)
    monkeypatch.setattr(denials_module, "AGAIN_SECONDS", (0.01, 0.01))

    def breaks(_batch: list[dict[str, Any]]) -> int:
        raise RuntimeError("a fault of ours")

    identity.status = breaks
    note(denials, 3)
    wait_until(lambda: identity.asked > 3, 10, "some tries")
    identity.status = lambda _batch: 204
    wait_until(lambda: len(identity.taken) == 3, 10, "the denials")
