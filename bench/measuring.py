"""Timing on a noisy machine: pairs, medians, and how busy the others were."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import processor_time
from bench.report import Report, Row
from bench.sizes import SIZES, TooLong, limited, time_is_up

REPORT = Report()
OTHERS = processor_time.Others()
OTHERS_MAX: Final = 0.2  # what was measured while others used a larger part of the processors is marked
PROFILES_MAX: Final = 3  # of a section, where its rows have much in common


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


@dataclass(frozen=True, slots=True)
class Missed:
    """What belongs to a goal that may be missed: the next remedy, and how to find out where the time goes."""

    remedy: str
    profile: Callable[[], Sequence[str]] | None = None
    always: bool = False  # for a load that no other row of the section has


def row(
    what: str,
    value: str,
    ratio: str = "",
    goal: str = "",
    *,
    met: bool | None = None,
    missed: Missed | None = None,
    others: float | None = None,
    **numbers: float,
) -> None:
    """Print one line of the report and keep it. `numbers` are drawn, those of one section and name beside each other.

    `met`: whether the goal is reached; None where a person compares. `missed`: profile and remedy, for a goal that is
    not. `others`: which part of the processors others used meanwhile, where that is not since the row before.
    """
    used = OTHERS.share() if others is None else others
    kept = Row(what, value, ratio, goal, met, numbers, used if used > OTHERS_MAX else 0.0)
    REPORT.add(kept)
    print(f"  {what:58} {value:>16} {ratio:>16}   {goal}{_marks(kept)}", flush=True)
    if met is False and missed is not None:
        kept.profile += _profile(missed)
        kept.remedy = missed.remedy
        for line in (*kept.profile, f"Next: {kept.remedy}"):
            print(f"      {line}", flush=True)
        OTHERS.share()  # the next row begins here


def _marks(kept: Row) -> str:
    missed = "   missed" if kept.met is False else ""
    return missed + (f"   (others used {kept.others:.0%} of the processors)" if kept.others else "")


def _profile(missed: Missed) -> Sequence[str]:
    if missed.profile is None:
        return ()
    if not missed.always and sum(bool(row.profile) for row in REPORT.sections[-1].rows) >= PROFILES_MAX:
        return (f"Not profiled: {PROFILES_MAX} of this section are.",)
    try:
        return missed.profile()
    except Exception as error:
        return (f"Not profiled: {type(error).__name__}: {error}"[:300],)


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


def section(name: str, measure: Callable[[], object], seconds: float = SIZES.part_seconds) -> None:
    """Measure this, unless time is up; a section that fails or takes too long says so and costs the others nothing."""
    if time_is_up():
        head(f"Left out: {name}")
        note(f"Time was up after {SIZES.seconds} s.")
        return
    began = time.monotonic()
    try:
        with limited(seconds):
            measure()
    except (Exception, TooLong) as error:
        head(f"Not measured to its end: {name}")
        note(f"{type(error).__name__}: {error}"[:300])
    print(f"  ({name}: {time.monotonic() - began:.0f} s)", flush=True)
