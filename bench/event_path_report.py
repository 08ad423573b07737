"""How the event path's measures are printed: ours beside both floors and the peers, and which goals they meet."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.contest import Figures
from bench.measuring import Missed, head, note, row
from bench.sizes import SIZES


def report(bus: str, found: Mapping[str, Figures | str], profiles: Mapping[str, Profile] | None = None) -> None:
    """Print what each reached, beside both floors. `profiles`: one by one, in bulk, of a backlog."""
    ours = found[OURS]
    reached = {name: figures for name, figures in found.items() if isinstance(figures, Figures)}
    if not isinstance(ours, Figures):
        head(f"Event path over {bus}")
        note(f"{OURS}: {ours}")
        return
    for measure in MEASURES:
        floor = reached.get(measure.beside)
        head(f"Event path over {bus}: {measure.title}, beside the {measure.beside}")
        for name, figures in reached.items():
            value = measure.of(figures)
            if math.isnan(value):
                note(f"{name}: not measured, it took too long.")
                continue
            ratio = value / measure.of(floor) if floor and not math.isnan(measure.of(floor)) else None
            is_ours = name == OURS and ratio is not None
            missed = Missed(measure.remedy, (profiles or {}).get(measure.load))
            row(
                name,
                measure.text(figures),
                f"{ratio:.2f} ×" if ratio is not None else "",
                measure.goal if is_ours else "",
                met=measure.meets(value, ratio) if is_ours and ratio is not None else None,
                missed=missed if is_ours else None,
                others=figures.others,
                **{measure.unit: value},
            )
        for name in MUST_BE_BEHIND if measure.factor else ():
            if isinstance(other := found.get(name), Figures):
                times = measure.of(ours) / measure.of(other)
                row(
                    f"{OURS}, beside {name}",
                    "",
                    f"{times:.2f} ×",
                    f"≥ {measure.factor:g} ×",
                    met=times >= measure.factor,
                    missed=Missed(measure.remedy, (profiles or {}).get(measure.load)),
                    others=0.0,
                )
    for name, why in found.items():
        if isinstance(why, str):
            note(f"{name}: {why}.")


def report_workers(drained: Callable[[int], float], numbers: Sequence[int]) -> None:
    """Print how a backlog's drain grows with billing's workers, each number's line as soon as it is measured."""
    head(f"Billing's workers: {SIZES.scale_drain:,} waiting events drained")
    last = None
    for workers in numbers:
        rate = drained(workers)
        ratio = f"{rate / last:.2f} × the row above" if last else ""
        goal = f"≥ {STEP} × where cores allow" if last and workers < CORES else ""
        met = rate / last >= STEP if last and goal else None
        row(f"{workers} of them", f"{rate:,.0f}/s", ratio, goal, met=met, missed=Missed(MORE_WORKERS), per_second=rate)
        last = rate


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the event path: what it is beside, and when it is met (from its value and its ratio)."""

    title: str
    unit: str
    beside: str
    goal: str
    of: Callable[[Figures], float]
    text: Callable[[Figures], str]
    meets: Callable[[float, float], bool]
    load: str  # under which load it is profiled when it is missed
    remedy: str  # and what is next then
    factor: float = 0.0  # how many times that of Celery and FastStream it should be


Profile = Callable[[], Sequence[str]]
ONE_BY_ONE, IN_BULK, OF_A_BACKLOG = "one by one", "in bulk", "of a backlog"
LATENCY = (
    "the drafting's reads and writes in one pipeline; then, in the embedded stack, a process of its own for the event "
    "path, so that audit entries and mail never have the interpreter when an event comes."
)
BULK = "outbox rows of one transaction as one parameter; then the drafting's reads as constant statements."
BACKLOG = "a batch of drafts in two round trips, one of reads and one of writes, in place of one for each table."
MORE_WORKERS = (
    "a worker's share of the queue in larger pieces: with as many workers as cores it is RabbitMQ and PostgreSQL that "
    "take the rest of the processors; measured on four cores before anything is changed."
)
STEP = 1.7
CORES = os.cpu_count() or 1
OURS = "Caseload"
MUST_BE_BEHIND = ("celery", "FastStream")
MEASURES = (
    Measure(
        "one by one, p50",
        "ms",
        "honest floor",
        "≤ 1.5 ×",
        lambda figures: figures.latency.p50 * 1000,
        lambda figures: f"{figures.latency.p50 * 1000:.1f} ms",
        lambda _value, ratio: ratio <= 1.5,
        ONE_BY_ONE,
        LATENCY,
    ),
    Measure(
        f"one by one, p99 of {SIZES.single}",
        "ms",
        "honest floor",
        "≤ 2 ×",
        lambda figures: figures.latency.p99 * 1000,
        lambda figures: f"{figures.latency.p99 * 1000:.1f} ms",
        lambda _value, ratio: ratio <= 2,
        ONE_BY_ONE,
        LATENCY,
    ),
    Measure(
        f"both sides busy, {SIZES.bulk:,} events",
        "per_second",
        "floor 1/1",
        "≥ 3 ×",
        lambda figures: figures.sustained,
        lambda figures: f"{figures.sustained:,.0f}/s",
        lambda _value, ratio: ratio >= 3,
        IN_BULK,
        BULK,
        4.0,
    ),
    Measure(
        f"a backlog drained ({SIZES.drain:,} events; the floor 1/1 and peers {SIZES.peer_drain:,})",
        "per_second",
        "floor 1/1",
        "≥ 8 ×",
        lambda figures: figures.drain,
        lambda figures: f"{figures.drain:,.0f}/s",
        lambda _value, ratio: ratio >= 8,
        OF_A_BACKLOG,
        BACKLOG,
    ),
    Measure(
        "processor time per event in bulk, all processes but the broker",
        "us",
        "floor 1/1",
        "≤ 900 µs",
        lambda figures: figures.cpu_us,
        lambda figures: f"{figures.cpu_us:,.0f} µs",
        lambda value, _ratio: value <= 900,
        IN_BULK,
        BULK,
    ),
)
