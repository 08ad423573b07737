"""Limits: how many a minute, how many at once, and what the headers say about it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge import upstream as upstream_module
from gateway.edge.limits import ConcurrencyLimit, OverLimit, RateLimit, TooManyAtOnce
from gateway.edge.upstream import Upstream
from gateway.tests.test_hostile_upstream import serving
from shared import clock
from shared.errors import Unavailable
from shared.testing.waiting import wait_until


def test_the_headers_say_what_is_left_and_when_it_is_whole_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    limit = RateLimit("account", 60)
    assert limit.take("a").headers() == {
        "RateLimit-Policy": '"account";q=60;w=60',
        "RateLimit": '"account";r=59;t=1',
        "RateLimit-Limit": "60",
        "RateLimit-Remaining": "59",
        "RateLimit-Reset": "1",
    }
    for _ in range(59):
        limit.take("a")
    with pytest.raises(OverLimit) as refused:
        limit.take("a")
    assert refused.value.retry_after_seconds == 1
    assert refused.value.quota.headers()["RateLimit"] == '"account";r=0;t=60'
    assert limit.take("b").left == 59  # somebody else's
    now += 2
    assert limit.take("a").left == 1


def test_one_account_holds_only_so_many_slots() -> None:
    at_once = ConcurrencyLimit(2)
    with at_once.slot("a"), at_once.slot("a"):
        with pytest.raises(TooManyAtOnce), at_once.slot("a"):
            pass
        with at_once.slot("b"):
            pass
    with at_once.slot("a"):
        pass


def waiting_for(at_once: ConcurrencyLimit, key: str, owner: str) -> tuple[threading.Thread, threading.Event, list[str]]:
    """A thread that asks for a slot, what lets it go again, and what came of it."""
    go, came = threading.Event(), []

    def ask() -> None:
        try:
            with at_once.slot(key, owner):
                came.append("in")
                go.wait(10)
        except TooManyAtOnce:
            came.append("refused")

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, go, came


def test_a_sixth_request_waits_in_line_and_gets_the_first_place_that_is_free() -> None:
    at_once = ConcurrencyLimit(1, waiting_max=2, wait_seconds=10)
    holder, let_go, came = waiting_for(at_once, "a at billing", "a")
    wait_until(lambda: came == ["in"], 5, "the first")
    second, second_go, second_came = waiting_for(at_once, "a at billing", "a")
    wait_until(lambda: at_once.waiting("a") == 1, 5, "the second in line")
    third, third_go, third_came = waiting_for(at_once, "a at billing", "a")
    wait_until(lambda: at_once.waiting("a") == 2, 5, "the third in line")
    with pytest.raises(TooManyAtOnce), at_once.slot("a at billing", "a"):
        pass  # the line is full
    with at_once.slot("a at clinical", "a"), at_once.slot("b at billing", "b"):
        pass  # other services and other accounts have slots of their own
    let_go.set()
    wait_until(lambda: second_came == ["in"], 5, "the second's turn")
    assert third_came == [], "one slot, one at a time"
    second_go.set()
    wait_until(lambda: third_came == ["in"], 5, "the third's turn")
    third_go.set()
    for thread in (holder, second, third):
        thread.join(5)
    with at_once.slot("a at billing", "a"):
        assert at_once.waiting("a") == 0


def test_a_line_that_does_not_move_is_left_in_time_and_forgotten() -> None:
    at_once = ConcurrencyLimit(1, waiting_max=5, wait_seconds=0.05)
    with at_once.slot("a at billing", "a"):
        started = time.monotonic()
        with pytest.raises(TooManyAtOnce), at_once.slot("a at billing", "a"):
            pass
        assert time.monotonic() - started >= 0.05
        assert at_once.waiting("a") == 0
    with at_once.slot("a at billing", "a"):
        pass


def test_who_is_ended_while_waiting_takes_no_place_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the slot was handed over at that very moment."""

    class Ended(BaseException):
        pass

    def ended(_turn: threading.Event, _seconds: float) -> bool:
        raise Ended

    at_once = ConcurrencyLimit(1, waiting_max=2, wait_seconds=10)
    with at_once.slot("a"), monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", ended)
        with pytest.raises(Ended), at_once.slot("a"):
            pass
    holding = at_once.slot("a")
    holding.__enter__()

    def handed_over_and_ended(_turn: threading.Event, _seconds: float) -> bool:
        holding.__exit__(None, None, None)
        raise Ended

    with monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", handed_over_and_ended)
        with pytest.raises(Ended), at_once.slot("a"):
            pass
    assert at_once.waiting("a") == 0
    with at_once.slot("a"):
        pass


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=30), st.integers(1, 3))
def test_however_many_come_and_go_there_are_never_more_and_no_place_is_lost(
    requests: list[tuple[str, int]], most: int
) -> None:
    at_once = ConcurrencyLimit(most, waiting_max=100, wait_seconds=10)
    under_way: Counter[str] = Counter()
    beyond: list[str] = []
    lock = threading.Lock()

    def ask(key: str, spins: int) -> None:
        with at_once.slot(key):
            with lock:
                under_way[key] += 1
                beyond.extend([key] * (under_way[key] > most))
            for _ in range(spins):
                time.sleep(0)
            with lock:
                under_way[key] -= 1

    threads = [threading.Thread(target=ask, args=request) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not beyond
    for key in "ab":
        with contextlib.ExitStack() as all_of_them:
            for _ in range(most):
                all_of_them.enter_context(at_once.slot(key))


def test_a_hanging_service_holds_only_its_share_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_module, "SLOT_WAIT_SECONDS", 0.05)
    released = threading.Event()
    with serving(lambda _connection: released.wait(10)) as (url, received):
        upstream = Upstream("billing", url, at_once=3)

        def ask() -> None:
            with pytest.raises(Unavailable):
                upstream.send("GET", "/x", {}, b"", read_seconds=5)

        hanging = [threading.Thread(target=ask) for _ in range(3)]
        for thread in hanging:
            thread.start()
        wait_until(lambda: len(received) == 3, 5, "all three under way")
        started = time.monotonic()
        with pytest.raises(Unavailable):
            upstream.send("GET", "/x", {}, b"", read_seconds=5)
        assert time.monotonic() - started < 1, "the fourth waited for the hanging ones"
        assert len(received) == 3, "the fourth was sent all the same"
        released.set()
        for thread in hanging:
            thread.join()
