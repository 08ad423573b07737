"""`make bench`: the stack on RabbitMQ with floors and peers, then on the embedded bus; at most a quarter of an hour."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict

from bench import (
    contest,
    contest_database,
    diagnosis_codes,
    event_path,
    event_path_report,
    flows,
    gateway,
    idle,
    pages,
    round_trips,
    signing,
    web_app,
)
from bench.contest import Figures
from bench.measuring import REPORT, head, machine, note
from bench.report import write
from bench.sizes import SIZES, time_is_up
from shared import clock, logs
from shared.testing.rabbitmq import rabbitmq
from tests.practice import Practice
from tests.running import TestStack, running_stack

WORKERS = (1, 2, 4)
Found = dict[str, Figures | str]


def main() -> None:
    """Measure, print, and write the report, also of what was measured before something failed."""
    logs.configure("bench", "CRITICAL")
    print(f"Caseload's measures on {machine()}", flush=True)
    try:
        with rabbitmq() as broker:
            found = _on("RabbitMQ", broker.url, {}, broker.url)
            if not time_is_up():
                _on("the embedded bus", None, found, broker.url)
    finally:
        about = {"machine": machine(), "taken_on": f"{clock.now():%Y-%m-%d %H:%M} UTC", "sizes": asdict(SIZES)}
        write("bench", REPORT, about)
        print("\nWritten to docs/benchmarks/latest.md, .json and .svg.", flush=True)


def _on(bus: str, url: str | None, before: Found, broker_url: str) -> Found:
    """Everything that is measured on a stack of this bus; returns what the ways of doing the event path reached."""
    started = time.monotonic()
    with running_stack(url, settle_age=120) as stack:
        print(f"\n== {bus}: ready after {time.monotonic() - started:.1f} s", flush=True)
        practice = Practice(stack.url)
        practice.add_everyone()
        ours = event_path.Ours(stack, practice)
        found = _contestants(stack, broker_url) if url else dict(before)
        found[event_path_report.OURS] = _or_why(ours.figures)
        event_path_report.report(bus, found)
        honest = found.get("honest floor")
        honest_p50 = honest.latency.p50 if isinstance(honest, Figures) else None
        sections: dict[str, Callable[[], object]] = {
            "signature to invoice": lambda: signing.measure(practice, bus, honest_p50)
        }
        if url:
            sections["billing's workers"] = lambda: event_path_report.report_workers(
                {workers: ours.drain(SIZES.scale_drain, workers - 1) for workers in WORKERS}
            )
        else:
            sections |= {
                "idle": lambda: idle.measure(stack),
                "flows": lambda: flows.measure(stack, practice),
                "round trips": lambda: round_trips.measure(stack, practice),
                "pages": lambda: pages.measure(practice),
                "gateway": lambda: gateway.measure(stack, practice),
                "diagnosis codes": lambda: diagnosis_codes.measure(practice),
                "the web app at work": lambda: web_app.measure(practice),
            }
        for name, measure in sections.items():
            _section(f"{name}, {bus}", measure)
        ours.close()
    return found


def _contestants(stack: TestStack, broker_url: str) -> Found:
    database = contest_database.create(stack, broker_url)
    found: Found = {}
    for peer in contest.peers():
        found[peer.name] = "left out, time is up" if time_is_up() else contest.figures_of(peer, stack, database)
        print(f"  {peer.name}: {found[peer.name] if isinstance(found[peer.name], str) else 'measured'}", flush=True)
    return found


def _or_why(figures: Callable[[], Figures]) -> Figures | str:
    try:
        return figures()
    except (AssertionError, RuntimeError, TimeoutError) as error:
        return f"failed: {error}"


def _section(name: str, measure: Callable[[], object]) -> None:
    """Measure this, unless time is up; a section that fails is reported as such and costs the others nothing."""
    if time_is_up():
        head(f"Left out: {name}")
        note(f"Time was up after {SIZES.seconds} s.")
        return
    try:
        measure()
    except Exception as error:
        head(f"Not measured to its end: {name}")
        note(f"{type(error).__name__}: {error}"[:300])


if __name__ == "__main__":
    main()
