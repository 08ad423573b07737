"""Units of work through the public API, as a practice's day is made of: how long, how many, and what they cost.

Each flow runs at one client and at eight. Processor time is that of every process of the stack, PostgreSQL, the workers
and the audit trail among them, divided by the flows done: it ends when the workers have nothing left to do.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from bench import processor_time
from bench.measuring import Missed, Sample, head, row, timed
from bench.profiles import processes, where_it_goes
from embedded.stack import Stack
from shared import clock
from shared.testing.waiting import wait_until
from tests.practice import SOAP, Practice

T = TypeVar("T")

CLIENTS: Final = 8
ALONE: Final = 40
BEFORE_PROFILE: Final = 200  # more than a profile uses up
TOGETHER: Final = 160
IDLE_SECONDS: Final = 5.0  # what the stack uses meanwhile is the measure
QUIET_SECONDS: Final = 1.5  # audit entries are fetched each second: by then they are in the trail
WEEK: Final = {"from": "2030-05-06", "to": "2030-05-12"}


@dataclass(frozen=True, slots=True)
class Flow:
    """A unit of work, with the milliseconds of processor time that it may take."""

    name: str
    run: Callable[[Desk], object]
    goal_ms: float
    remedy: str  # what is next when it takes more
    first: Callable[[Desk], object] | None = None  # what has to be there before each
    at_eight: float = math.inf  # how many times as long it may take with eight clients


def measure(stack: Stack, practice: Practice) -> None:
    """Print the table of flows, and what the stack uses while nobody asks for anything."""
    desks = [Desk(practice, number) for number in range(CLIENTS)]
    head("Flows through the API: p50 alone · processor time of everything per flow")
    idle = _idle(stack)
    for flow in FLOWS:
        for desk in desks:
            desk.reconnect()
            flow.run(desk)
        time.sleep(QUIET_SECONDS)
        alone, alone_ms = _costing(stack, idle, ALONE, lambda run=flow.run: timed(partial(run, desks[0]), ALONE))
        (together, seconds), together_ms = _costing(stack, idle, TOGETHER, lambda run=flow.run: _together(run, desks))
        row(
            flow.name,
            f"{alone.p50 * 1000:.1f} ms",
            f"{alone_ms:.1f} ms CPU",
            f"≤ {flow.goal_ms:g} ms CPU",
            met=alone_ms <= flow.goal_ms,
            missed=Missed(flow.remedy, partial(_profile, stack, flow, desks[0]), always=True),
            cpu_ms=alone_ms,
        )
        row(f"  {CLIENTS} clients: p50 · flows/s", _at_eight(together, seconds), f"{together_ms:.1f} ms CPU")
        times = together.p50 / alone.p50
        row(
            f"  {CLIENTS} clients: p50 beside alone",
            "",
            f"{times:.1f} ×",
            f"≤ {flow.at_eight:g} ×" if math.isfinite(flow.at_eight) else "",
            met=times <= flow.at_eight if math.isfinite(flow.at_eight) else None,
            missed=Missed(AT_ONCE),  # the profile is that of the same flow, above
        )


def _profile(stack: Stack, flow: Flow, desk: Desk) -> list[str]:
    if flow.first is not None:
        for _ in range(BEFORE_PROFILE):
            flow.first(desk)
    return where_it_goes(processes(stack), partial(flow.run, desk))


class Desk:
    """Somebody at the desk and a clinician, each with an account of their own, and their client. Used by one thread."""

    def __init__(self, practice: Practice, number: int) -> None:
        self._practice = practice
        self._clinician = f"clinician-{number}"
        self._owner = practice.add(f"desk-{number}", "organization_administration")
        self._therapist = practice.add(self._clinician, "therapist")
        self._client_id, _ = practice.new_client(self._clinician)
        self._names = itertools.count(1)
        self._hours = itertools.count()
        self._invoices: list[dict[str, Any]] = []
        for day, hour in itertools.product(range(6, 11), range(8, 16)):
            self._book(f"2030-05-{day:02}T{hour:02}:00")

    def reconnect(self) -> None:
        """Begin with fresh connections: the gateway ends those on which nothing came for some seconds."""
        self._owner.session.close()
        self._therapist.session.close()

    def create_client(self) -> None:
        """A client with a name of their own."""
        body = {"given_name": f"Ada {next(self._names)}", "family_name": "Bench", "date_of_birth": "1990-01-02"}
        self._owner.post("/clients", body)

    def read_client(self) -> None:
        """One client's profile, with its audit entry."""
        self._owner.get(f"/clients/{self._client_id}")

    def search(self) -> None:
        """The first page of those whose name begins so."""
        self._owner.post("/clients/search", {"query": "ada be"}, expect=200)

    def book(self) -> None:
        """An hour of a clinician and a client that nobody has."""
        self._book(self._free_hour(2031))

    def week(self) -> None:
        """Forty appointments with the clients' names."""
        found = self._owner.get("/agenda", **WEEK, staff_ids=self._practice.staff_ids[self._clinician])
        assert len(found["items"]) == 40, len(found["items"])

    def note(self) -> None:
        """An appointment of the past, its note, the signature, and the draft invoice that follows from it."""
        appointment_id = self._book(self._free_hour(2017))
        body = {"client_id": self._client_id, "template": "soap", "content": SOAP, "minutes": 55}
        note_id = self._therapist.post(f"/appointments/{appointment_id}/notes", body)["id"]
        self._therapist.post(f"/notes/{note_id}/sign", expect=200)
        found = wait_until(lambda: self._owner.get("/invoices", appointment_id=appointment_id)["items"], 20)
        self._invoices.append(found[0])

    def issue_and_pay(self) -> None:
        """A draft gets its number, and its client pays all of it in cash."""
        invoice = self._invoices.pop()
        self._owner.post(f"/invoices/{invoice['id']}/issue", {}, expect=200)
        body = {"client_id": self._client_id, "amount_cents": invoice["total_cents"], "method": "cash"}
        self._owner.post("/payments", {**body, "received_on": str(clock.today("America/New_York"))})

    def ledger(self) -> None:
        """What the client owes, and the newest entries."""
        self._owner.get(f"/clients/{self._client_id}/ledger", limit=20)

    def _book(self, start: str) -> str:
        body = {
            "client_ids": [self._client_id],
            "staff_id": self._practice.staff_ids[self._clinician],
            "service_type_id": self._practice.service_type_id,
            "starts_at_local": start,
            "duration_minutes": 50,
        }
        return str(self._owner.post("/appointments", body)["id"])

    def _free_hour(self, year: int) -> str:
        day, hour = divmod(next(self._hours), 24)
        return f"{year}-{day // 28 + 1:02}-{day % 28 + 1:02}T{hour:02}:00"


STATEMENTS = "statements made once with parameters instead of composed by SQLAlchemy at every call."
AUDIT = "the audit entry's way through feed, relay, bus and chain in fewer, larger batches."
COLUMNS = "rows from columns in place of whole entities."
GRID = "names, colours and marks of a week found in one statement; then constant statements."
AT_ONCE = "shorter locks on a client's account, so that what others do at the same ledger waits less."
# Each makes what the next ones need.
FLOWS: Final = (
    Flow("create a client", Desk.create_client, 8, STATEMENTS),
    Flow("read a client, audited", Desk.read_client, 2, AUDIT),
    Flow("search clients", Desk.search, 3.5, COLUMNS),
    Flow("book an appointment", Desk.book, 5, STATEMENTS),
    Flow("a clinician's week of 40", Desk.week, 4, GRID),
    Flow("booked, note written and signed, invoice drafted", Desk.note, 15, STATEMENTS),
    Flow("invoice issued and paid", Desk.issue_and_pay, 12, STATEMENTS, Desk.note, at_eight=4),
    Flow("balance and ledger", Desk.ledger, 3, AUDIT),
)


def _costing(stack: Stack, idle: float, times: int, run: Callable[[], T]) -> tuple[T, float]:
    """What `run` finds, and milliseconds of processor time for each of `times`, idleness not counted."""
    before, started = processor_time.used(stack), time.monotonic()
    found = run()
    time.sleep(QUIET_SECONDS)
    used = processor_time.used(stack) - before - idle * (time.monotonic() - started)
    return found, used / times * 1000


def _at_eight(sample: Sample, seconds: float) -> str:
    return f"{sample.p50 * 1000:.1f} ms · {TOGETHER / seconds:.0f}/s"


def _together(run: Callable[[Desk], object], desks: Sequence[Desk]) -> tuple[Sample, float]:
    for desk in desks:
        desk.reconnect()
    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        samples = list(pool.map(lambda desk: timed(partial(run, desk), TOGETHER // CLIENTS), desks))
    return Sample(tuple(taken for sample in samples for taken in sample.seconds)), time.monotonic() - started


def _idle(stack: Stack) -> float:
    time.sleep(QUIET_SECONDS)
    before = processor_time.used(stack)
    time.sleep(IDLE_SECONDS)
    return (processor_time.used(stack) - before) / IDLE_SECONDS
