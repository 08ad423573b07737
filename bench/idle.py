"""What each process of the stack takes while nobody asks for anything: memory, and processor time per second."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Final

from bench import processor_time
from bench.measuring import Missed, head, row
from bench.profiles import processes, where_it_goes
from embedded.stack import Stack

SECONDS: Final = 10.0  # what the processes use meanwhile is the measure
QUIET_SECONDS: Final = 3.0  # starting and asking leave work behind, which ends meanwhile
MEMORY_GOAL_MB: Final = 500
PROCESSOR_GOAL_MS: Final = 10
LOOK_SECONDS: Final = 0.5
MEMORY: Final = Missed(
    "the web processes without gunicorn's masters, which hold 23 MB each; then the workers of several services in one "
    "process. Loading the application before gunicorn forks was tried: 757 MB became 750."
)
LESS_OFTEN: Final = (
    "one glance for all parts of a worker that look once a second, on one connection; the looks that gunicorn's "
    "masters and workers take once a second."
)


def measure(stack: Stack) -> None:
    """Print memory (shared pages divided among those that share them) and processor time by process."""
    time.sleep(QUIET_SECONDS)
    pids = processes(stack)
    before = {name: processor_time.used_by([pid]) for name, pid in pids.items()}
    time.sleep(SECONDS)
    used = {name: (processor_time.used_by([pid]) - before[name]) / SECONDS * 1000 for name, pid in pids.items()}
    memory = {name: sum(map(megabytes, processor_time.with_children([pid]))) for name, pid in pids.items()}
    head(f"Idle for {SECONDS:.0f} s: memory · processor time per second, of each process with its children")
    for name in pids:
        row(name, f"{memory[name]:.0f} MB", f"{used[name]:.1f} ms/s", megabytes=memory[name])
    total, busy = sum(memory.values()), sum(used.values())
    # While the profiler looks, nobody asks for anything: the wait is what is profiled.
    look = Missed(LESS_OFTEN, lambda: where_it_goes(pids, lambda: time.sleep(LOOK_SECONDS), SECONDS))
    row("all, memory", f"{total:.0f} MB", "", f"≤ {MEMORY_GOAL_MB} MB", met=total <= MEMORY_GOAL_MB, missed=MEMORY)
    row(
        "all, processor time",
        f"{busy:.1f} ms/s",
        "",
        f"≤ {PROCESSOR_GOAL_MS} ms/s",
        met=busy <= PROCESSOR_GOAL_MS,
        missed=look,
    )


def megabytes(pid: int) -> float:
    """What a process has, in MiB: of what it shares with others, its part."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0  # the process has just ended, or belongs to another user
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
