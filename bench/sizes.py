"""How much is measured. Each size can be set: `BENCH_SINGLE=100 BENCH_DRAIN=5000 make bench`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Final, Self

SHORTEST_SECONDS: Final = 10.0  # a part that has less is not begun


@dataclass(frozen=True, slots=True)
class Sizes:
    """The defaults fit a quarter of an hour with the installation; `BENCH_` and the name in capitals sets another."""

    rounds: int = 3  # floors, peers and Caseload in turn; single and bulk are divided among them
    single: int = 500  # events one by one, for p50 and p99
    bulk: int = 3_000  # events with both sides busy
    drain: int = 50_000  # events that wait, for Caseload and the honest floor
    peer_drain: int = 3_000  # the same for those who take a millisecond and more for each
    slow_peer: int = 600  # the same, and with both sides busy, for who takes several milliseconds for each
    scale_drain: int = 10_000  # events that wait, once for each number of workers
    signs: int = 60  # notes signed through the gateway
    seconds: int = 780  # everything ends by then; what had no time is left out, and the report says so
    contest_seconds: int = 300  # what has not begun of floors, peers and Caseload by then is left out
    part_seconds: int = 150  # a part that takes longer is ended
    flows_seconds: int = 240  # the same of the flows, each of which may be profiled
    growth_seconds: int = 240  # a curve that takes longer is ended
    peer_seconds: int = 60  # a floor's or a peer's turn that takes longer is ended

    @classmethod
    def of(cls, environment: dict[str, str]) -> Self:
        """Those that an environment sets, and the defaults."""
        given = {field.name: environment.get(f"BENCH_{field.name.upper()}") for field in fields(cls)}
        return cls(**{name: int(value) for name, value in given.items() if value})


SIZES = Sizes.of(dict(os.environ))
STARTED = time.monotonic()


class TooLong(BaseException):
    """A part's time was up. No `Exception`, for a service that runs in this process would answer one with 500."""


def seconds_left() -> float:
    """Until everything has to end."""
    return SIZES.seconds - (time.monotonic() - STARTED)


def time_is_up() -> bool:
    """Whether nothing more is to be begun."""
    return seconds_left() < SHORTEST_SECONDS


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in the block when it takes longer, or when everything has to end. For the main thread."""

    def end(_signal: int, _frame: object) -> None:
        raise TooLong("its time was up")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, max(1.0, min(seconds, seconds_left())))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
