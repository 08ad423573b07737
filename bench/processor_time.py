"""How much processor time a running stack has used, its PostgreSQL included: what moves least with the neighbours."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from embedded.stack import Stack

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


def _seconds(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()  # the name, in parentheses before, may hold blanks
    user, system, children_user, children_system = map(int, fields[11:15])
    return (user + system + children_user + children_system) / TICKS
