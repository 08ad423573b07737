"""The loop that claims work: what wakes it, that it works off what is there, and how it waits for a database."""

from __future__ import annotations

import random
import threading

import pytest
from prometheus_client import REGISTRY

from shared.database import claim_loop
from shared.database.claim_loop import Channel, ClaimLoop
from shared.errors import Unavailable
from shared.testing.databases import TestServer
from shared.testing.waiting import wait_until


class Stop(threading.Event):
    """Keeps for how long it is waited on, does not wait, and is set after so many waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.left, self.waits = waits, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0)
        if len(self.waits) == self.left:
            self.set()
        return self.is_set()


def counted(measure: str) -> float:
    return REGISTRY.get_sample_value(f"caseload_claim_{measure}_total", {"service": "t", "queue": "q"}) or 0


def test_it_works_off_what_is_due_batch_by_batch_and_then_waits() -> None:
    batches, before = [3, 3, 1], counted("batches")
    stop = Stop(2)
    loop = ClaimLoop("t", "q", lambda: bool(batches), lambda: batches.pop(0), lambda: 7.0, first_seconds=9.0)
    loop.run(stop)
    assert batches == [] and counted("batches") - before == 3
    assert stop.waits == [9.0, 7.0]


def test_what_others_have_in_hand_is_left_to_them() -> None:
    claims: list[int] = []
    stop = Stop(2)
    ClaimLoop("t", "q", lambda: True, lambda: claims.append(1) or 0, lambda: 7.0).run(stop)
    assert len(claims) == 2, "one for each look, and no spinning"


def test_told_to_stop_it_begins_no_other_batch() -> None:
    stop, claims = threading.Event(), list[int]()

    def claim() -> int:
        claims.append(1)
        stop.set()
        return 1

    ClaimLoop("t", "q", lambda: True, claim, lambda: 7.0).run(stop)
    assert claims == [1]


def test_without_its_database_it_waits_longer_each_time_and_forgets_that_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
    away, before = [True, True, True, False, True, False], counted("failures")

    def claim() -> int:
        if away.pop(0):
            raise Unavailable()
        return 0

    stop = Stop(6)
    ClaimLoop("t", "q", lambda: True, claim, lambda: 7.0, back_off_seconds=(1.0, 3.0)).run(stop)
    assert stop.waits == [1.0, 2.0, 3.0, 7.0, 1.0, 7.0]
    assert counted("failures") - before == 4


def test_a_notification_wakes_it_long_before_the_next_look(server: TestServer) -> None:
    database = server.service_database("clients")
    looks, stop = list[int](), threading.Event()
    loop = ClaimLoop(
        "t", "q", lambda: bool(looks.append(1)), lambda: 0, lambda: 2.0, channel=Channel(database.url("worker"), "q")
    )
    running = threading.Thread(target=loop.run, args=(stop,), daemon=True)
    running.start()
    try:
        wait_until(lambda: looks)
        for number in range(2, 6):  # each within less time than a look takes by itself
            database.rows("SELECT pg_notify('q', '')")
            wait_until(lambda number=number: len(looks) >= number, 1.5)
    finally:
        stop.set()
        running.join(5)
    assert not running.is_alive()


def test_a_server_that_is_not_there_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
    stop = Stop(3)
    nowhere = Channel("postgresql://nobody@127.0.0.1:1/nothing", "q")
    ClaimLoop("t", "q", lambda: True, lambda: 1, lambda: 7.0, channel=nowhere).run(stop)
    assert stop.waits == [0.2, 0.4, 0.8] and claim_loop.BACK_OFF_SECONDS == (0.2, 5.0)
