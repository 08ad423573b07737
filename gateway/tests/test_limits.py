"""Limits: how many a minute, how many at once, and what the headers say about it."""

from __future__ import annotations

import threading
import time

import pytest

from gateway import upstream as upstream_module
from gateway.limits import AtOnce, OverLimit, RateLimit, TooManyAtOnce
from gateway.tests.test_hostile_upstream import serving
from gateway.upstream import Upstream
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


def test_one_account_holds_only_so_many_threads() -> None:
    at_once = AtOnce(2)
    with at_once.one_more("a"), at_once.one_more("a"):
        with pytest.raises(TooManyAtOnce), at_once.one_more("a"):
            pass
        with at_once.one_more("b"):
            pass
    with at_once.one_more("a"):
        pass


def test_a_hanging_service_holds_only_its_share_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_module, "PLACE_WAIT_SECONDS", 0.05)
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
