"""Floors and peers in turn: latency one by one, both sides busy, a backlog drained, processor time per event."""

from __future__ import annotations

import json
import math
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import psycopg

from bench import processor_time
from bench.contest_database import ContestDatabase
from bench.measuring import OTHERS_MAX, Sample
from bench.peers.honest import ORGANIZATION
from bench.processor_time import Others
from bench.sizes import SIZES, TooLong, limited, time_is_up
from embedded.stack import Stack
from shared.database.local_postgres import die_with_parent

T = TypeVar("T")

ROOT: Final = Path(__file__).parent.parent
FLOORS: Final = ("floor 1/1", "honest floor")
COUNT_SECONDS: Final = 0.01  # against seconds of bulk
COUNT_SHARE: Final = 10  # pauses are so many times as long as a count took, for counting slows down what it counts
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
    drain: float  # events/s of a backlog, not a number where that took too long
    cpu_us: float  # per event with both sides busy, all processes but the broker
    others: float = 0.0  # which part of the processors others used in the quietest round

    @classmethod
    def of(cls, turns: Sequence[Turn], drain: float) -> Self:
        """Medians of its turns; those that others disturbed do not count, unless each of them was."""
        quiet = [turn for turn in turns if turn.others <= OTHERS_MAX] or turns
        return cls(
            Sample(tuple(taken for turn in quiet for taken in turn.latency.seconds)),
            statistics.median(turn.sustained for turn in quiet),
            drain,
            statistics.median(turn.cpu_us for turn in quiet),
            min(turn.others for turn in turns),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What it reached in one round."""

    latency: Sample
    sustained: float
    cpu_us: float
    others: float = 0.0


@dataclass(frozen=True, slots=True)
class Contestant:
    """A way of doing the event path: its turn in a round, and a backlog drained, events/s."""

    turn: Callable[[], Turn]
    drain: Callable[[], float]


def in_rounds(contestants: Mapping[str, Contestant], rounds: int = SIZES.rounds) -> dict[str, Figures | str]:
    """What each reached, in turn, round after round; the text says why there is nothing. Backlogs after the first."""
    began = time.monotonic()
    turns: dict[str, list[Turn]] = {name: [] for name in contestants}
    drains: dict[str, float] = {}
    failed: dict[str, str] = {}

    def play(what: str, name: str, action: Callable[[], None]) -> None:
        try:
            if time.monotonic() - began > SIZES.contest_seconds or time_is_up():
                raise RuntimeError("left out, time was up")
            with limited(SIZES.part_seconds):
                action()
        except (Exception, TooLong) as error:
            failed.setdefault(name, str(error) or type(error).__name__)
            print(f"  {what}, {name}: {error or type(error).__name__}", flush=True)

    def take_turn(name: str) -> None:
        others = Others()
        turn = replace(contestants[name].turn(), others=others.share())
        turns[name].append(turn)
        busy = f", others used {turn.others:.0%} of the processors" if turn.others > OTHERS_MAX else ""
        print(f"  {name}: {turn.cpu_us:,.0f} µs of processor time per event{busy}", flush=True)

    def drain(name: str) -> None:
        drains[name] = contestants[name].drain()

    for number in range(1, rounds + 1):
        for name in contestants:
            if number == 1 or turns[name]:
                play(f"round {number}", name, partial(take_turn, name))
        for name in contestants if number == 1 else ():
            if turns[name]:
                play("a backlog", name, partial(drain, name))
    return {
        name: Figures.of(turns[name], drains.get(name, math.nan)) if turns[name] else failed[name]
        for name in contestants
    }


@dataclass(frozen=True, slots=True)
class Peer:
    """A program of `bench.peers`: what it is called, the environment that it runs in, and how much it is given."""

    name: str
    module: str
    python: str
    roles: tuple[str, ...] = ("worker",)
    table: str = "plain_invoices"
    drain: int = SIZES.peer_drain
    bulk: int = SIZES.bulk  # events with both sides busy, in all rounds


def peers() -> tuple[Peer, ...]:
    """Both floors, then the others; `BENCH_PEERS` and `BENCH_NAMEKO` say where their environments are."""
    others = os.environ.get("BENCH_PEERS", str(ROOT / ".venv/peers"))
    nameko = os.environ.get("BENCH_NAMEKO", str(ROOT / ".venv/nameko"))
    return (
        Peer("floor 1/1", "floor", OWN),
        Peer("honest floor", "honest", OWN, ("relay", "worker"), "honest_invoices", SIZES.drain),
        *(
            Peer(name, f"on_{name.lower()}", f"{folder}/bin/python", drain=drain, bulk=bulk)
            for name, folder, drain, bulk in (
                ("celery", others, SIZES.peer_drain, SIZES.bulk),
                ("FastStream", others, SIZES.peer_drain, SIZES.bulk),
                ("nameko", nameko, SIZES.peer_drain, SIZES.bulk),
                ("dramatiq", others, SIZES.peer_drain, SIZES.bulk),
                # Each of its jobs commits several times, one after the other: more took longer than a turn may.
                ("procrastinate", others, SIZES.slow_peer, SIZES.slow_peer),
            )
        ),
    )


def contestant(peer: Peer, stack: Stack, database: ContestDatabase) -> Contestant:
    """A peer's turn and its backlog, each for as long as it may take.

    Both raise `RuntimeError`, which says why there are no figures.
    """
    return Contestant(partial(_played, peer, database, partial(_turn, stack)), partial(_played, peer, database, _drain))


def rate_of(count: Callable[[], int], until: int, ended: Callable[[], bool] = lambda: False) -> float:
    """Events/s from the first that is counted to the last; raises `RuntimeError` where it ended before that."""
    begun: tuple[float, int] | None = None
    for now in counted_until(count, until, ended):
        if begun is None and now > 0:
            begun = time.monotonic(), now
    started, first = begun or (time.monotonic() - COUNT_SECONDS, 0)
    return (until - first) / (time.monotonic() - started)


def counted_until(count: Callable[[], int], until: int, ended: Callable[[], bool] = lambda: False) -> Iterator[int]:
    """Count until there are so many, each count but the last; raises `RuntimeError` where it ended before that.

    Rows are counted one by one, and there are more of them each time: a count that takes long is made less often.
    """
    while True:
        began = time.monotonic()
        now = count()
        if now >= until:
            return
        if ended():
            raise RuntimeError(f"{now} of {until}")
        yield now
        # Nothing tells of a row: who counts has to look, and leaves the processor to what it counts meanwhile.
        time.sleep(max(COUNT_SECONDS, COUNT_SHARE * (time.monotonic() - began)))


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a peer plays on: its programs, the table where its invoices are counted, and whether its time is up."""

    peer: Peer
    database: ContestDatabase
    connection: psycopg.Connection[Any]
    producer: subprocess.Popen[str]
    overdue: threading.Event

    def counted(self) -> int:
        """How many invoices there are."""
        found = self.connection.execute(f"SELECT count(*) FROM {self.peer.table}".encode()).fetchone()
        return int(found[0]) if found else 0

    def wait(self, there: Callable[[], bool]) -> None:
        """Return when it is there."""
        while not there():
            if self.overdue.is_set():
                raise RuntimeError("overdue")
            time.sleep(COUNT_SECONDS)


def _played(peer: Peer, database: ContestDatabase, play: Callable[[_Stage], T]) -> T:
    if not Path(peer.python).exists():
        raise RuntimeError("not installed")
    overdue = threading.Event()
    with ExitStack() as programs, psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {peer.table}".encode())
        producer = programs.enter_context(_program(peer, "producer", database))

        def give_up() -> None:
            overdue.set()
            producer.kill()

        limit = threading.Timer(SIZES.peer_seconds, give_up)
        limit.start()
        programs.callback(limit.cancel)
        try:
            _answer(producer)
            return play(_Stage(peer, database, connection, producer, overdue))
        except (OSError, ValueError, RuntimeError) as error:
            raise RuntimeError("took too long" if overdue.is_set() else f"failed: {error}") from error


def _turn(stack: Stack, stage: _Stage) -> Turn:
    with ExitStack() as roles:
        started = [roles.enter_context(_program(stage.peer, role, stage.database)) for role in stage.peer.roles]
        _ask(stage.producer, f"latency {WARM}")
        latency = Sample(tuple(_ask(stage.producer, f"latency {share(SIZES.single)}")))
        events, before, cpu = share(stage.peer.bulk), stage.counted(), _cpu(stack, stage.producer, *started)
        began = time.monotonic()
        _ask(stage.producer, f"send {events}")
        for _ in counted_until(lambda: stage.counted() - before, events, stage.overdue.is_set):
            pass
        sustained = events / (time.monotonic() - began)
        used = _cpu(stack, stage.producer, *started) - cpu
    return Turn(latency, sustained, used / events * 1e6)


def _drain(stage: _Stage) -> float:
    peer, database = stage.peer, stage.database
    if peer.table == "plain_invoices":
        _ask(stage.producer, f"fill {peer.drain}")
        with _program(peer, "worker", database):
            return rate_of(stage.counted, peer.drain, stage.overdue.is_set)
    stage.connection.execute(HONEST_BACKLOG, [ORGANIZATION, peer.drain])
    with _program(peer, "relay", database):
        stage.wait(lambda: stage.connection.execute(UNPUBLISHED).fetchone() is None)
        with _program(peer, "worker", database):
            return rate_of(stage.counted, peer.drain, stage.overdue.is_set)


def share(events: int) -> int:
    """A round's share of so many."""
    return -(-events // SIZES.rounds)


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
