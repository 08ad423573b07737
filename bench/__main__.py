"""`make bench`: the stack on RabbitMQ with floors and peers, then on the embedded bus; at most a quarter of an hour."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache, partial
from typing import Final

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
    profiles,
    round_trips,
    signing,
    web_app,
)
from bench.contest import Contestant, Figures
from bench.measuring import REPORT, head, machine, row, section
from bench.report import write
from bench.sizes import SIZES, time_is_up
from shared import clock, logs
from shared.testing.rabbitmq import rabbitmq
from tests.practice import Practice
from tests.running import TestStack, running_stack

WORKERS = (1, 2, 4)
START_GOAL_SECONDS: Final = 5.0
Found = dict[str, Figures | str]
# One account and one address ask for everything here, as fast as they are served. The limits are counted all the same.
UNLIMITED: Final = {"RATE_PER_ACCOUNT": "1000000", "RATE_PER_ADDRESS": "1000000"}


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
    with running_stack(url, settle_age=SIZES.seconds, gateway=UNLIMITED) as stack:
        seconds = time.monotonic() - started
        print(f"\n== {bus}: ready after {seconds:.1f} s", flush=True)
        if url is None:  # the data were prepared for the stack before: this is a second start
            head("Second start, with data that are there: seconds until every process answers")
            row("ready", f"{seconds:.1f} s", "", f"≤ {START_GOAL_SECONDS:.0f} s", met=seconds <= START_GOAL_SECONDS)
        practice = Practice(stack.url)
        practice.add_everyone()
        found = before | _contest(stack, practice, broker_url if url else None)
        section(f"the event path over {bus}", lambda: _report_path(bus, found, stack, practice))
        honest = found.get("honest floor")
        honest_p50 = honest.latency.p50 if isinstance(honest, Figures) else None
        sections: dict[str, Callable[[], object]] = {
            "signature to invoice": lambda: signing.measure(stack, practice, bus, honest_p50)
        }
        if url:
            sections["billing's workers"] = lambda: _workers(stack, practice)
        else:
            sections |= {
                "idle": lambda: idle.measure(stack),
                "flows": lambda: flows.measure(stack, practice),
                "round trips": lambda: round_trips.measure(stack, practice),
                "gateway": lambda: gateway.measure(stack, practice),
                "pages": lambda: pages.measure(stack, practice),
                "diagnosis codes": lambda: diagnosis_codes.measure(stack, practice),
                "the web app at work": lambda: web_app.measure(stack, practice),
            }
        for name, measure in sections.items():
            section(f"{name}, {bus}", measure, SIZES.flows_seconds if name == "flows" else SIZES.part_seconds)
    return found


def _contest(stack: TestStack, practice: Practice, broker_url: str | None) -> Found:
    """Ours and, where there is a broker, floors and peers in turn: the floors first, the peers last."""
    contestants: dict[str, Contestant] = {}
    with event_path.ours(stack, practice) as ours:
        us = Contestant(ours.turn, partial(ours.drain, SIZES.drain))
        if not broker_url:
            return contest.in_rounds({event_path_report.OURS: us}, rounds=1)
        database = contest_database.create(stack, broker_url)
        for peer in contest.peers():
            if peer.name not in contest.FLOORS:
                contestants.setdefault(event_path_report.OURS, us)
            contestants[peer.name] = contest.contestant(peer, stack, database)
        return contest.in_rounds(contestants)


def _report_path(bus: str, found: Found, stack: TestStack, practice: Practice) -> None:
    with event_path.ours(stack, practice) as ours:
        loads = {
            event_path_report.ONE_BY_ONE: lambda: ours.again(20),
            event_path_report.IN_BULK: lambda: ours.in_bulk(300),
            event_path_report.OF_A_BACKLOG: lambda: ours.drain(1_000),
        }
        pids = profiles.processes(stack)
        looks = {name: cache(partial(profiles.where_it_goes, pids, load)) for name, load in loads.items()}
        event_path_report.report(bus, found, looks)


def _workers(stack: TestStack, practice: Practice) -> None:
    with event_path.ours(stack, practice) as ours:
        event_path_report.report_workers(lambda workers: ours.drain(SIZES.scale_drain, workers - 1), WORKERS)


if __name__ == "__main__":
    main()
