"""Timing on a noisy machine: pairs, medians, and how busy the others were."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.report import Report, Row

REPORT = Report()


@dataclass(frozen=True, slots=True)
class Sample:
    """Latencies in seconds."""

    seconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def timed(action: Callable[[], object], times: int) -> Sample:
    """How long each of `times` calls took, one after the other."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return Sample(tuple(taken))


def processors_busy() -> float:
    """The load average of the last minute per processor: above 1, somebody else is at work too."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def row(what: str, value: str, ratio: str = "", goal: str = "", *, met: bool | None = None, **numbers: float) -> None:
    """Print one line of the report and keep it. `numbers` are drawn, those of one section and name beside each other.

    `met`: whether the goal is reached; None where a person compares.
    """
    REPORT.add(Row(what, value, ratio, goal, met, numbers))
    missed = "   missed" if met is False else ""
    print(f"  {what:58} {value:>16} {ratio:>16}   {goal}{missed}", flush=True)


def head(title: str) -> None:
    """Print a section's head."""
    REPORT.begin(title)
    print(f"\n{title}\n  {'':58} {'measured':>16} {'ratio':>16}   goal", flush=True)


def note(text: str) -> None:
    """Print a remark and keep it with the section."""
    REPORT.remark(text)
    print(f"  {text}", flush=True)


def machine() -> str:
    """What this is, in a line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown processor",
    )
    return f"{os.cpu_count()} × {model}, load {processors_busy():.2f} per processor"
