"""How much is measured. Each size can be set: `BENCH_SINGLE=100 BENCH_DRAIN=5000 make bench`."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Sizes:
    """The defaults fit a quarter of an hour with the installation; `BENCH_` and the name in capitals sets another."""

    single: int = 500  # events one by one, for p50 and p99
    bulk: int = 3_000  # events with both sides busy
    drain: int = 50_000  # events that wait, for Caseload and the honest floor
    peer_drain: int = 3_000  # the same for those who take a millisecond and more for each
    scale_drain: int = 15_000  # events that wait, once for each number of workers
    signs: int = 60  # notes signed through the gateway
    seconds: int = 780  # what has not begun by then is left out, and the report says so
    peer_seconds: int = 90  # a peer that takes longer is ended

    @classmethod
    def of(cls, environment: dict[str, str]) -> Self:
        """Those that an environment sets, and the defaults."""
        given = {field.name: environment.get(f"BENCH_{field.name.upper()}") for field in fields(cls)}
        return cls(**{name: int(value) for name, value in given.items() if value})


SIZES = Sizes.of(dict(os.environ))
STARTED = time.monotonic()


def time_is_up() -> bool:
    """Whether nothing more is to be begun."""
    return time.monotonic() - STARTED > SIZES.seconds
