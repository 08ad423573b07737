"""Which part may fail without the others, which role each part belongs to, and how a process ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared import worker
from shared.command_line import ROLES, main
from shared.ports import reserve_port
from shared.services import SERVICES
from shared.settings import Environment
from shared.testing.databases import TestServer, load
from shared.testing.waiting import wait_until
from shared.testing.web import Keys


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
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
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
    assert stop.waits[:4] == [1, 2, 4, 8] and max(stop.waits) == worker.AGAIN_SECONDS[1]


def test_after_a_calm_time_it_begins_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
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
    assert set(worker.EVENT_PATH) == {"relay", "consumer", "receipts", "drain", "second_look"}


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What a part waits for that does not end; set afterwards, so that its thread goes."""
    event = threading.Event()
    yield event
    event.set()


def test_all_threads_together_have_one_limit(never: threading.Event) -> None:
    waits = [threading.Thread(target=never.wait, name=name, daemon=True) for name in ("relay", "mail", "purge")]
    ended = threading.Thread(target=lambda: None, name="receipts", daemon=True)
    threads = [waits[0], ended, *waits[1:]]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    assert worker.join_all(threads, 0.5) == ["relay", "mail", "purge"]
    assert 0.5 <= time.monotonic() - began < 1.0


def test_a_part_that_ends_late_but_in_time_is_waited_for() -> None:
    thread = threading.Thread(target=time.sleep, args=(0.3,), name="mail", daemon=True)
    thread.start()
    assert worker.join_all([thread], 20.0) == []


def test_a_process_whose_parts_do_not_end_is_gone_within_the_limit(
    monkeypatch: pytest.MonkeyPatch, never: threading.Event
) -> None:
    monkeypatch.setattr(worker, "STOP_SECONDS", 0.5)
    stop = threading.Event()
    stop.set()
    parts = dict.fromkeys(("relay", "consumer", "receipts", "drain"), lambda _stop: never.wait())
    began = time.monotonic()
    assert worker.run_parts("t", parts, stop) == 1
    assert time.monotonic() - began < 1.5


def test_a_process_whose_parts_end_exits_with_0() -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    assert worker.run_parts("t", {"relay": lambda given: given.wait(), "mail": lambda given: given.wait()}, stop) == 0


SIGNALLED = """
import threading, time
from shared import worker
stop = threading.Event()
worker.heed_signals(stop)
print("heeds", flush=True)
relay = lambda stop: (stop.wait(), time.sleep(2))  # it ends after the last signal
raise SystemExit(worker.run_parts("t", {"relay": relay}, stop))
"""


def test_a_process_that_is_told_again_and_again_ends() -> None:
    """Signals that come while one is being handled, as a parent's death sends them."""
    process = subprocess.Popen([sys.executable, "-c", SIGNALLED], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stdout.readline() == b"heeds\n"
        for _ in range(300):
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()


def parts_of(service: str, command: str, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What this command of a service would run. Nothing connects yet."""
    found: list[set[str]] = []
    monkeypatch.setattr(worker, "run_parts", lambda _service, parts, *_: found.append(set(parts)) or 0)
    monkeypatch.setattr(worker, "heed_signals", lambda _stop: None)
    definition = load(service)
    database = definition.database(environment.text("WORKER_DATABASE_URL"))
    assert worker.main(definition, database, environment, ROLES[command]) == 0
    return found[0]


@pytest.mark.parametrize("service", SERVICES)
def test_each_part_runs_in_one_role(service: str, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {"WORKER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    events = {
        "BUS_URL": "postgresql://nobody@127.0.0.1:1/bus",
        "SIGNING_KEY_FILE": str(keys.private_file(service)),
        "PUBLIC_KEYS_DIR": str(keys.public),
        "BUS_KEYS_DIR": str(keys.bus),
    }
    in_jobs = parts_of(service, "jobs", Environment(jobs), monkeypatch)  # without bus and keys
    in_worker = parts_of(service, "worker", Environment({**jobs, **events}), monkeypatch)
    besides = {"clinical": {"open_work", "requested_bookings"}}
    assert in_worker == {*worker.EVENT_PATH, "audit", *besides.get(service, ())}
    own = {"identity": {"mail", "resets", "files", "data_keys"}, "clients": {"runner", "client_pairs"}}
    assert in_jobs == {"purge"} | own.get(service, set())
    assert parts_of(service, "background", Environment({**jobs, **events}), monkeypatch) == in_worker | in_jobs


@pytest.mark.parametrize("command", ["relay", "consumer"])
def test_no_command_runs_half_of_the_event_path(command: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(load("clients"), [command])
    assert refused.value.code == 2


def test_jobs_run_without_a_bus_and_end_on_sigterm(server: TestServer) -> None:
    port = reserve_port()
    settings = {
        "WORKER_DATABASE_URL": server.service_database("clients").url("worker"),
        "METRICS_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "services.clients", "jobs"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), **settings},
        stdout=subprocess.DEVNULL,
    )

    def answers(path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
                return response.read() if response.status == 200 else None
        except OSError:
            return None

    try:
        assert wait_until(lambda: answers("/readyz"), 30, "the jobs process") == b'{"waiting_for":[]}'
        assert b"caseload_rows_purged_total" in (answers("/metrics") or b"")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
