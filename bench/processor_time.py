"""How much processor time a running stack has used, its PostgreSQL included: what moves least with the neighbours."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from embedded.stack import Stack

SHORTEST_SECONDS: Final = 0.2
TICKS: Final = os.sysconf("SC_CLK_TCK")


def used(stack: Stack) -> float:
    """Seconds that every process of the stack, and every child that one of them has seen end, has used until now."""
    assert stack.keeper is not None
    return used_by([*stack.keeper.processes().values(), stack.postgres.pid])


def used_by(pids: Iterable[int]) -> float:
    """The same of these processes and theirs."""
    return sum(_seconds(pid) for pid in with_children(pids))


def with_children(pids: Iterable[int]) -> list[int]:
    """These processes, their children, and those of the children."""
    found = []
    for pid in pids:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        except OSError:
            continue  # it has ended; its parent counts what it used
        found += [pid, *with_children(map(int, children.split()))]
    return found


class Others:
    """Which part of the processors everybody else has used since the last time somebody asked."""

    def __init__(self) -> None:
        self._before = self._now()
        self._share = 0.0

    def share(self) -> float:
        """From 0 to 1; what this process and its children have used is not in it."""
        now = self._now()
        passed, busy, ours = (after - then for after, then in zip(now, self._before, strict=True))
        if passed >= SHORTEST_SECONDS:  # in less the system's ticks say little, and nothing was measured
            self._before = now
            self._share = max(0.0, min(1.0, (busy - ours) / (passed * (os.cpu_count() or 1))))
        return self._share

    def _now(self) -> tuple[float, float, float]:
        first, *_ = Path("/proc/stat").read_text(encoding="ascii").splitlines()
        user, nice, system, _idle, _waiting, *more = map(int, first.split()[1:9])
        return time.monotonic(), (user + nice + system + sum(more)) / TICKS, used_by([os.getpid()])


def _seconds(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()  # the name, in parentheses before, may hold blanks
    user, system, children_user, children_system = map(int, fields[11:15])
    return (user + system + children_user + children_system) / TICKS
