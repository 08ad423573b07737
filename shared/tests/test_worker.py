"""Which part of a worker may fail without the others."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared import worker


class Stop(threading.Event):
    """Counts what it is asked to wait for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0)
        return self.is_set()


def failures(part: str) -> float:
    return REGISTRY.get_sample_value("caseload_worker_part_failures_total", {"service": "t", "part": part}) or 0


def test_a_part_that_fails_begins_again_and_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.random, "uniform", lambda _low, high: high)
    stop, runs = Stop(), []

    def part(stop: Any) -> None:
        runs.append(1)
        if len(runs) == 12:
            stop.set()
            return
        raise RuntimeError("a fault of ours")

    before = failures("mail")
    worker.keep_running("t", "mail", part, stop)
    assert len(runs) == 12 and failures("mail") - before == 11
    assert stop.waits[:4] == [1, 2, 4, 8] and max(stop.waits) == worker.AGAIN_SECONDS_MAX


def test_after_a_calm_time_it_begins_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.random, "uniform", lambda _low, high: high)
    now = iter([0, 1, 1, 2, 2, 2 + worker.CALM_SECONDS + 1, 400])
    monkeypatch.setattr(worker.clock, "monotonic", lambda: next(now))
    stop, runs = Stop(), []

    def part(stop: Any) -> None:
        runs.append(1)
        if len(runs) == 4:
            stop.set()
            return
        raise RuntimeError("a fault of ours")

    worker.keep_running("t", "mail", part, stop)
    assert stop.waits == [1, 2, 1]


def test_the_event_path_is_not_among_them() -> None:
    """Relay and consumer hold connections and a place on the bus: a fresh process is the way back that is tested."""
    assert set(worker.EVENT_PATH) == {"relay", "consumer", "receipts", "drain"}
