"""Where the processor time behind a missed goal goes: which processes, and which packages and functions of them.

A second, short pass under the same load: its first half counts processor time by process, in its second half py-spy
looks at the hungriest ones a hundred times a second. Only what holds the interpreter counts, not what waits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from bench import processor_time
from bench.sizes import seconds_left
from embedded.stack import Stack

PROFILER: Final = Path(os.environ.get("BENCH_PEERS", Path(__file__).parent.parent / ".venv/peers"), "bin/py-spy")
SECONDS: Final = 2.0  # of each half
ENDING_SECONDS: Final = 10.0  # py-spy writes what it found
SHORTEST_LEFT_SECONDS: Final = 30.0  # of the whole run; with less the next measure is worth more
LOOKS_PER_SECOND: Final = 100
HUNGRIEST: Final = 3
TOP: Final = 10
SMALLEST: Final = 0.01
LIBRARY: Final = "Python's library"
NOT_PYTHON: Final = ("PostgreSQL",)


def processes(stack: Stack) -> dict[str, int]:
    """Every process that a stack keeps, by its name."""
    assert stack.keeper is not None
    assert stack.postgres.pid is not None
    return {**stack.keeper.processes(), NOT_PYTHON[0]: stack.postgres.pid}


def where_it_goes(pids: Mapping[str, int], load: Callable[[], object], seconds: float = SECONDS) -> list[str]:
    """Sentences about the processor time of these processes and their children while `load` runs again and again."""
    if seconds_left() < SHORTEST_LEFT_SECONDS + 2 * seconds:
        return ["Not profiled: time was up."]
    before = {name: processor_time.used_by([pid]) for name, pid in pids.items()}
    _again(load, lambda ends=time.monotonic() + seconds: time.monotonic() >= ends)
    used = {name: processor_time.used_by([pid]) - before[name] for name, pid in pids.items()}
    hungry = [name for name in sorted(used, key=lambda name: -used[name]) if used[name] > 0]
    lines = [f"Processes: {_shares({name: used[name] for name in hungry})}."]
    if not PROFILER.exists():
        return [*lines, "Their functions are not known: py-spy is not installed."]
    looked_at = [name for name in hungry if name not in NOT_PYTHON][:HUNGRIEST]
    samples = _samples([pids[name] for name in looked_at], load, seconds)
    if not samples:
        return [*lines, "Their functions are not known: py-spy may not look at them, or they did nothing."]
    names = f"{', '.join(looked_at)}, in {sum(times for _, times in samples):,} looks"
    return [*lines, f"Packages in {names}: {packages(samples)}.", f"Functions, own time: {functions(samples)}."]


def packages(samples: Iterable[tuple[Sequence[str], int]]) -> str:
    """How much of the looks found each package at work, the ten that did most."""
    found: Counter[str] = Counter()
    for stack, times in samples:
        found[_package(stack[-1])] += times
    return _shares(found)


def functions(samples: Iterable[tuple[Sequence[str], int]]) -> str:
    """The same of functions: what they did themselves, not what they called."""
    found: Counter[str] = Counter()
    for stack, times in samples:
        found[f"`{stack[-1]}`"] += times
    return _shares(found)


def parsed(text: str) -> list[tuple[list[str], int]]:
    """Stacks, innermost call last, and how often each was seen, as `py-spy record --format raw` writes them."""
    found = []
    for line in text.splitlines():
        stack, _, times = line.rpartition(" ")
        frames = [frame for frame in stack.split(";") if frame and not frame.startswith(("process ", "thread "))]
        if frames and times.isdigit():
            found.append((frames, int(times)))
    return found


def _samples(pids: Sequence[int], load: Callable[[], object], seconds: float) -> list[tuple[list[str], int]]:
    with tempfile.TemporaryDirectory(prefix="caseload-profile-") as folder:
        files = {pid: Path(folder, f"{pid}.txt") for pid in pids}
        looking = [
            subprocess.Popen(_command(pid, file, seconds), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for pid, file in files.items()
        ]
        try:
            ends = time.monotonic() + seconds + ENDING_SECONDS
            _again(load, lambda: time.monotonic() > ends or all(process.poll() is not None for process in looking))
        finally:
            for process in looking:
                process.kill()
                process.wait()
        written = [file.read_text(errors="replace") for file in files.values() if file.exists()]
        return [sample for text in written for sample in parsed(text)]


def _command(pid: int, file: Path, seconds: float) -> list[str]:
    how = ["--gil", "--nolineno", "--rate", str(LOOKS_PER_SECOND), "--duration", str(max(1, round(seconds)))]
    if pid != os.getpid():
        how.append("--subprocesses")  # the bench's own are the whole stack
    return [str(PROFILER), "record", "--pid", str(pid), *how, "--format", "raw", "--output", str(file)]


def _again(load: Callable[[], object], over: Callable[[], bool]) -> None:
    while not over():
        load()


def _package(frame: str) -> str:
    """Of `execute (sqlalchemy/engine/base.py)` it is sqlalchemy; a service of ours is named in full."""
    file = frame.rpartition("(")[2].rstrip(")")
    parts = file.removeprefix("<frozen ").split("/")
    first = parts[0].removesuffix(".py").strip("<>")
    if first == "services" and len(parts) > 1:
        return f"services/{parts[1]}"
    return LIBRARY if first.split(".")[0] in sys.stdlib_module_names else first


def _shares(amounts: Mapping[str, float]) -> str:
    total = sum(amounts.values()) or 1.0
    largest = sorted(amounts.items(), key=lambda item: -item[1])[:TOP]
    return ", ".join(f"{name} {amount / total:.0%}" for name, amount in largest if amount / total >= SMALLEST)
