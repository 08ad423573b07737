"""Outbox commit → invoice draft commit: latency one by one, and events per second, with our worker processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from uuid import UUID

import psycopg

from bench.floor import Floor
from bench.measuring import Sample, head, row
from embedded.stack import Stack
from shared.contracts.clinical import AppointmentDocumented
from shared.database.session import Database, Session
from shared.ids import new_id
from shared.messaging import outbox
from shared.testing.databases import load
from tests.practice import Practice

SINGLE = 150
BULK = 3_000
LOOK_SECONDS = 0.0002  # far below what is measured, and leaves the processor to the workers
COUNT_SECONDS = 0.01  # against seconds of bulk: counting more often would slow down what it counts


def measure(stack: Stack, practice: Practice, floor_url: str, bus_url: str, bus: str) -> float:
    """Print latency and throughput on this stack's bus beside the floor on RabbitMQ; returns the floor's median."""
    floor = Floor(floor_url, bus_url)
    clinical = load("clinical").database(_url(stack, "clinical", "app"), pool_size=2)
    admin = stack.postgres.admin_url.rsplit("/", 1)[0] + "/billing"
    with psycopg.connect(admin, autocommit=True) as billing:
        _one_by_one(lambda: _floor_once(floor), 20)
        _one_by_one(lambda: _ours_once(clinical, billing, practice), 20)
        base, ours = [], []
        for _ in range(5):  # in turns, so that the machine's drift hits both
            base += _one_by_one(lambda: _floor_once(floor), SINGLE // 5).seconds
            ours += _one_by_one(lambda: _ours_once(clinical, billing, practice), SINGLE // 5).seconds
        floor_one, ours_one = Sample(tuple(base)), Sample(tuple(ours))
        head(f"Event path over {bus}: note and outbox committed → draft invoice committed")
        row("floor, one message per commit, p50 · p99", _ms(floor_one))
        ratio = f"{ours_one.p50 / floor_one.p50:.2f} · {ours_one.p99 / floor_one.p99:.2f}"
        row("Caseload's workers, p50 · p99", _ms(ours_one), ratio, "≤ 1.5 · ≤ 2")
        floor_rate = _rate(lambda: [floor.send() for _ in range(BULK // 3)], lambda: floor.count, BULK // 3)
        before = _drafts(billing)
        rate = _rate(lambda: _emit_many(clinical, practice, BULK), lambda: _drafts(billing) - before, BULK)
        row("floor, both sides busy, events/s", f"{floor_rate:,.0f}")
        row("Caseload, both sides busy, events/s", f"{rate:,.0f}", f"{rate / floor_rate:.2f}", "≥ 2")
    floor.close()
    clinical.dispose()
    return floor_one.p50


def _one_by_one(once: Callable[[], float], times: int) -> Sample:
    return Sample(tuple(once() for _ in range(times)))


def _floor_once(floor: Floor) -> float:
    started = time.monotonic()
    note = floor.send()
    while note not in floor.done:
        time.sleep(LOOK_SECONDS)
    return floor.done.pop(note) - started


def _ours_once(clinical: Database, billing: psycopg.Connection, practice: Practice) -> float:
    event = _event(practice)
    started = time.monotonic()
    clinical.run(lambda session: outbox.add(session, event), event.organization_id)
    while (
        billing.execute(
            "SELECT 1 FROM invoice_draft_lines WHERE organization_id = %s AND appointment_id = %s",
            [event.organization_id, event.appointment_id],
        ).fetchone()
        is None
    ):
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - started


def _emit_many(clinical: Database, practice: Practice, count: int) -> None:
    def some(session: Session) -> None:
        for _ in range(20):
            outbox.add(session, _event(practice))

    for _ in range(count // 20):
        clinical.run(some, UUID(practice.organization_id))


def _rate(produce: Callable[[], object], consumed: Callable[[], int], count: int) -> float:
    start_count = consumed()
    started = time.monotonic()
    produce()
    while consumed() - start_count < count:
        time.sleep(COUNT_SECONDS)
    return count / (time.monotonic() - started)


def _drafts(billing: psycopg.Connection) -> int:
    found = billing.execute("SELECT count(*) FROM invoice_draft_lines").fetchone()
    return int(found[0]) if found else 0


def _event(practice: Practice) -> AppointmentDocumented:
    return AppointmentDocumented(
        organization_id=UUID(practice.organization_id),
        appointment_id=new_id(),
        client_id=new_id(),
        version=1,
        case_id=new_id(),
        note_id=new_id(),
        service_type_id=UUID(practice.service_type_id),
        rendering_staff_id=UUID(practice.staff_ids["owner"]),
        service_date=date(2026, 10, 6),
        minutes=55,
        diagnosis_codes=("F41.1",),
    )


def _url(stack: Stack, service: str, role: str) -> str:
    return stack.postgres.url(f"{service}_{role}", stack.home.passwords()[f"{service}_{role}"], service)


def _ms(sample: Sample) -> str:
    return f"{sample.p50 * 1000:.1f} · {sample.p99 * 1000:.1f} ms"
