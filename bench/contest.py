"""Floors and peers in turn: latency one by one, both sides busy, a backlog drained, processor time per event."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from bench import processor_time
from bench.contest_database import ContestDatabase
from bench.measuring import Sample
from bench.peers.honest import ORGANIZATION
from bench.sizes import SIZES
from embedded.stack import Stack
from shared.database.local_postgres import die_with_parent

ROOT: Final = Path(__file__).parent.parent
COUNT_SECONDS: Final = 0.01  # against seconds of bulk: counting more often would slow down what it counts
WARM: Final = 30
OWN: Final = sys.executable
UNPUBLISHED: Final = "SELECT 1 FROM honest_outbox WHERE published_at IS NULL LIMIT 1"
HONEST_BACKLOG: Final = """
INSERT INTO honest_outbox (organization_id, id, note)
SELECT %s, gen_random_uuid(), gen_random_uuid() FROM generate_series(1, %s)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way of doing the event path reached."""

    latency: Sample
    sustained: float  # events/s, both sides busy
    drain: float  # events/s of a backlog
    cpu_us: float  # per event with both sides busy, all processes but the broker


@dataclass(frozen=True, slots=True)
class Peer:
    """A program of `bench.peers`: what it is called, and the environment that it runs in."""

    name: str
    module: str
    python: str
    roles: tuple[str, ...] = ("worker",)
    table: str = "plain_invoices"
    drain: int = SIZES.peer_drain


def peers() -> tuple[Peer, ...]:
    """Both floors, then the others; `BENCH_PEERS` and `BENCH_NAMEKO` say where their environments are."""
    others = os.environ.get("BENCH_PEERS", str(ROOT / ".venv/peers"))
    nameko = os.environ.get("BENCH_NAMEKO", str(ROOT / ".venv/nameko"))
    return (
        Peer("floor 1/1", "floor", OWN),
        Peer("honest floor", "honest", OWN, ("relay", "worker"), "honest_invoices", SIZES.drain),
        *(
            Peer(name, f"on_{name.lower()}", f"{folder}/bin/python")
            for name, folder in (
                ("celery", others),
                ("FastStream", others),
                ("nameko", nameko),
                ("dramatiq", others),
                ("procrastinate", others),
            )
        ),
    )


def figures_of(peer: Peer, stack: Stack, database: ContestDatabase) -> Figures | str:
    """Measure a peer, for as long as it may take; the text says why there are none."""
    if not Path(peer.python).exists():
        return "not installed"
    overdue = threading.Event()
    with ExitStack() as programs, psycopg.connect(database.url, autocommit=True) as connection:
        producer = programs.enter_context(_program(peer, "producer", database))

        def give_up() -> None:
            overdue.set()
            producer.kill()

        limit = threading.Timer(SIZES.peer_seconds, give_up)
        limit.start()
        programs.callback(limit.cancel)
        try:
            return _measured(peer, stack, database, connection, producer, overdue)
        except (OSError, ValueError, RuntimeError) as error:
            return "took too long" if overdue.is_set() else f"failed: {error}"


def rate_of(count: Callable[[], int], until: int, ended: Callable[[], bool] = lambda: False) -> float:
    """Events/s from the first that is counted to the last; raises `RuntimeError` where it ended before that."""
    begun: tuple[float, int] | None = None
    while (now := count()) < until:
        if ended():
            raise RuntimeError(f"{now} of {until}")
        if begun is None and now > 0:
            begun = time.monotonic(), now
        time.sleep(COUNT_SECONDS)
    started, first = begun or (time.monotonic() - COUNT_SECONDS, 0)
    return (until - first) / (time.monotonic() - started)


def _measured(
    peer: Peer,
    stack: Stack,
    database: ContestDatabase,
    connection: psycopg.Connection[Any],
    producer: subprocess.Popen[str],
    overdue: threading.Event,
) -> Figures:
    def counted() -> int:
        found = connection.execute(f"SELECT count(*) FROM {peer.table}".encode()).fetchone()
        return int(found[0]) if found else 0

    _answer(producer)
    with ExitStack() as roles:
        started = [roles.enter_context(_program(peer, role, database)) for role in peer.roles]
        _ask(producer, f"latency {WARM}")
        latency = Sample(tuple(_ask(producer, f"latency {SIZES.single}")))
        before, cpu = counted(), _cpu(stack, producer, *started)
        began = time.monotonic()
        _ask(producer, f"send {SIZES.bulk}")
        while counted() - before < SIZES.bulk:
            if overdue.is_set():
                raise RuntimeError("overdue")
            time.sleep(COUNT_SECONDS)
        sustained = SIZES.bulk / (time.monotonic() - began)
        used = _cpu(stack, producer, *started) - cpu
    connection.execute(f"TRUNCATE {peer.table}".encode())
    if peer.table == "plain_invoices":
        _ask(producer, f"fill {peer.drain}")
        with _program(peer, "worker", database):
            drain = rate_of(counted, peer.drain, overdue.is_set)
    else:
        connection.execute(HONEST_BACKLOG, [ORGANIZATION, peer.drain])
        with _program(peer, "relay", database):
            while connection.execute(UNPUBLISHED).fetchone():
                if overdue.is_set():
                    raise RuntimeError("overdue")
                time.sleep(COUNT_SECONDS)
            with _program(peer, "worker", database):
                drain = rate_of(counted, peer.drain, overdue.is_set)
    connection.execute(f"TRUNCATE {peer.table}".encode())
    return Figures(latency, sustained, drain, used / SIZES.bulk * 1e6)


@contextmanager
def _program(peer: Peer, role: str, database: ContestDatabase) -> Iterator[subprocess.Popen[str]]:
    given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [peer.python, "-W", "ignore", "-m", f"bench.peers.{peer.module}", role],
        cwd=ROOT,
        env={**given, **database.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if role == "producer" else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: die_with_parent(signal.SIGKILL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _ask(producer: subprocess.Popen[str], command: str) -> Any:
    assert producer.stdin is not None
    producer.stdin.write(command + "\n")
    producer.stdin.flush()
    return _answer(producer)


def _answer(producer: subprocess.Popen[str]) -> Any:
    assert producer.stdout is not None
    line = producer.stdout.readline()
    if not line:
        raise RuntimeError("its producer ended")
    return json.loads(line) if line.startswith("[") else None


def _cpu(stack: Stack, *programs: subprocess.Popen[str]) -> float:
    pids = [stack.postgres.pid, *(program.pid for program in programs)]
    return processor_time.used_by(pid for pid in pids if pid is not None)
