"""`make bench-scale`: how search, agenda, ledger, merging and drafting grow with the data; large transfers and imports.

`BENCH_SCALE=10000,100000,1000000` sets the numbers of clients, appointments and drafts, `BENCH_ENTRIES` those of a
ledger. The practice's own rows are copied with COPY (`bench.many_rows`); what is measured goes through the gateway.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, product
from typing import Any, Final

import psycopg

from bench import imports, large_transfers, ledgers
from bench.event_path import Ours
from bench.many_rows import multiply
from bench.measuring import REPORT, Missed, Sample, head, machine, note, row, section, timed
from bench.profiles import processes, where_it_goes
from bench.report import write
from bench.sizes import SIZES, time_is_up
from embedded.stack import Stack
from shared import clock, logs
from shared.ids import new_id
from tests.practice import Practice
from tests.running import running_stack

TIMES: Final = 40
WARM: Final = 10
BULK: Final = 500
SYLLABLES: Final = ("an", "be", "co", "du", "el", "fi", "go", "ha", "in", "jo", "ka", "li", "mo", "na", "or", "pe")
SEARCH_GOAL_SECONDS: Final = 0.05
LEDGER_GOAL: Final = 1.3
SEARCH_NEXT: Final = (
    "rows from columns in place of whole clients; then the plan of the rarest word's lookup at this size."
)
AGENDA_NEXT: Final = (
    "the plan at this size: one scan of the index by organization, clinician and start, nothing besides."
)
LEDGER_NEXT: Final = "the plan at this size: the newest row of the ledger carries the balance and must be read alone."
WEEK: Final = {"from": "2030-05-06", "to": "2030-05-12"}
IN_WEEK: Final = """
SELECT id, starts_at, ends_at, status FROM appointments WHERE organization_id = %s AND staff_id = %s
AND starts_at >= '2030-05-06' AND starts_at < '2030-05-13' ORDER BY starts_at, id
"""
Grow = Callable[[int], None]


def main() -> None:
    """Measure at each size, print, and write the report, also of what was measured before something failed."""
    logs.configure("bench", "CRITICAL")
    scale, entries = _sizes("BENCH_SCALE", "10000,100000"), _sizes("BENCH_ENTRIES", "10,100,1000,10000")
    print(f"Caseload's growth on {machine()}", flush=True)
    try:
        with running_stack(None, settle_age=SIZES.seconds) as stack:
            practice = Practice(stack.url)
            practice.add_everyone()
            for name, measure in {
                "clients": partial(_search, stack, practice, scale),
                "a report of all clients": partial(large_transfers.report, stack, practice),
                "uploads": partial(large_transfers.uploads, stack, practice),
                "imports": partial(imports.imported, stack, practice, scale),
                "agenda": partial(_agenda, stack, practice, scale),
                "ledger": partial(_ledger, stack, practice, entries),
                "merged clients": partial(ledgers.merged, stack, practice, [entries[0], entries[-1]]),
                "drafting": partial(_drafting, stack, practice, scale),
            }.items():
                section(name, measure, SIZES.growth_seconds)
    finally:
        about = {"machine": machine(), "taken_on": f"{clock.now():%Y-%m-%d %H:%M} UTC"}
        write("scale", REPORT, {**about, "sizes": {**asdict(SIZES), "scale": scale, "entries": entries}})
        print("\nWritten to docs/benchmarks/latest.md, .json and .svg.", flush=True)


def _sizes(name: str, usual: str) -> list[int]:
    return sorted(int(size) for size in os.environ.get(name, usual).split(","))


@contextmanager
def _growing(stack: Stack, service: str, sizes: Sequence[int], grow: Callable[[Any, int], None]) -> Iterator[Any]:
    """A connection, and the sizes one after the other as they are reached."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{service}"
    with psycopg.connect(url, autocommit=True) as connection:

        def reached() -> Iterator[int]:
            there = 0
            for size in sizes:
                if time_is_up():
                    note(f"{size:,}: left out, time is up.")
                    continue
                started = time.monotonic()
                grow(connection, size - there)
                connection.execute("ANALYZE")
                there = size
                note(f"{size:,} written in {time.monotonic() - started:.1f} s.")
                yield size

        yield connection, reached()


def _curve(
    what: str,
    sample: Sample,
    first: dict[str, float],
    goal: str = "",
    missed: Missed | None = None,
    met: bool | None = None,
) -> float:
    """Print a point of a curve beside the curve's first; returns how many times that it is."""
    grown = sample.p50 / first.setdefault(what.split(":", maxsplit=1)[0], sample.p50)
    row(
        what,
        f"{sample.p50 * 1000:.1f} ms",
        f"{grown:.2f} × the first",
        goal,
        met=met,
        missed=missed,
        ms=sample.p50 * 1000,
    )
    return grown


def _search(stack: Stack, practice: Practice, sizes: Sequence[int]) -> None:
    client_id, _ = practice.new_client()
    practice.owner.patch(f"/clients/{client_id}", {"phone": "+12125550123"})  # so that the report lists each copy
    names = [first + second for first, second in product(SYLLABLES, SYLLABLES)]
    numbers = iter(range(10_000_000, 2**31))  # the practice itself counts from 1,000

    def grow(connection: psycopg.Connection[Any], how_many: int) -> None:
        made = [(new_id(), n, names[n % 256], names[n // 256 % 256]) for n in islice(numbers, how_many)]
        multiply(
            connection,
            "clients",
            {"id": client_id},
            (
                {"id": i, "number": n, "given_name": given.title(), "family_name": family.title()}
                for i, n, given, family in made
            ),
        )
        multiply(
            connection,
            "client_tokens",
            {"client_id": client_id},
            (
                {"client_id": i, "token": token, "name": f"{family} {given}"}
                for i, _, given, family in made
                for token in {given, family}
            ),
        )

    first: dict[str, float] = {}
    head("Clients: p50 through the gateway")
    with _growing(stack, "clients", sizes, grow) as (_, reached):
        for size in reached:
            for what, query in (("two short words", "an be"), ("a whole name", "anbe cofi"), ("nobody", "zzz")):
                find = partial(practice.owner.post, "/clients/search", {"query": query}, expect=200)
                _point(stack, f"search, {what}: {size:,}", find, first)
            first_page = partial(practice.owner.get, "/clients", limit=50)
            _point(stack, f"the first page: {size:,}", first_page, first)


def _point(stack: Stack, what: str, action: Callable[[], object], first: dict[str, float]) -> None:
    timed(action, WARM)
    sample = timed(action, TIMES)
    met, goal = sample.p50 <= SEARCH_GOAL_SECONDS, f"≤ {SEARCH_GOAL_SECONDS * 1000:.0f} ms"
    _curve(what, sample, first, goal, _missed(stack, SEARCH_NEXT, action), met)


def _missed(stack: Stack, remedy: str, action: Callable[[], object]) -> Missed:
    return Missed(remedy, partial(where_it_goes, processes(stack), action))


def _agenda(stack: Stack, practice: Practice, sizes: Sequence[int]) -> None:
    client_id, _ = practice.new_client()
    for day, hour in product(range(6, 11), range(8, 16)):
        appointment_id = practice.book(client_id, f"2030-05-{day:02}T{hour:02}:00", duration_minutes=50)
    staff_id = practice.staff_ids["therapist"]
    hours = iter(range(1, 2**31))

    def grow(connection: psycopg.Connection[Any], how_many: int) -> None:
        # The same clinician's past, eight a day; a working life of it each, then those of others.
        made = []
        for at in islice(hours, how_many):
            day, hour = divmod(at % 80_000, 8)
            starts = datetime(2030, 5, 1, 9 + hour, tzinfo=UTC) - timedelta(days=day)
            made.append((new_id(), staff_id if at < 80_000 else new_id(), starts))
        multiply(
            connection,
            "appointments",
            {"id": appointment_id},
            (
                {"id": i, "staff_id": whose, "starts_at": starts, "ends_at": starts + timedelta(minutes=50)}
                for i, whose, starts in made
            ),
        )
        multiply(
            connection,
            "attendees",
            {"appointment_id": appointment_id},
            ({"appointment_id": i, "starts_at": starts} for i, _, starts in made),
        )

    first: dict[str, float] = {}
    head("A clinician's week of 40, beside the bare indexed query: p50")
    with _growing(stack, "clinical", sizes, grow) as (connection, reached):
        for size in reached:
            ask = partial(practice.owner.get, "/agenda", **WEEK, staff_ids=staff_id)
            assert len(ask()["items"]) == 40
            bare = partial(_rows_of_week, connection, [practice.organization_id, staff_id])
            timed(ask, WARM), timed(bare, WARM)
            bare_grown = _curve(f"the bare query: {size:,}", timed(bare, TIMES), first)
            sample = timed(ask, TIMES)
            grown = sample.p50 / first.get("the week through the gateway", sample.p50)
            _curve(
                f"the week through the gateway: {size:,}",
                sample,
                first,
                "grows no faster",
                _missed(stack, AGENDA_NEXT, ask),
                grown <= max(bare_grown, 1.3),
            )


def _rows_of_week(connection: psycopg.Connection[Any], of_whom: Sequence[object]) -> list[Any]:
    return connection.execute(IN_WEEK, of_whom).fetchall()


def _ledger(stack: Stack, practice: Practice, sizes: Sequence[int]) -> None:
    client_id = ledgers.begun(practice)

    def grow(connection: psycopg.Connection[Any], how_many: int) -> None:
        ledgers.add_entries(connection, client_id, how_many - 1 if how_many == sizes[0] else how_many)

    first: dict[str, float] = {}
    head("A client's balance and ledger: p50 through the gateway, by the entries of the client")
    with _growing(stack, "billing", sizes, grow) as (_, reached):
        for size in reached:
            read = partial(practice.owner.get, f"/clients/{client_id}/ledger", limit=20)
            timed(read, WARM)
            sample = timed(read, TIMES)
            grown = sample.p50 / first.get("balance and a page", sample.p50)
            missed = _missed(stack, LEDGER_NEXT, read)
            _curve(f"balance and a page: {size:,}", sample, first, f"≤ {LEDGER_GOAL:g} ×", missed, grown <= LEDGER_GOAL)


def _drafting(stack: Stack, practice: Practice, sizes: Sequence[int]) -> None:
    ours = Ours(stack, practice)
    ours.one_by_one(1)

    def grow(connection: psycopg.Connection[Any], how_many: int) -> None:
        found = connection.execute("SELECT invoice_id, id FROM invoice_draft_lines ORDER BY id LIMIT 1").fetchone()
        assert found is not None
        invoice_id, line_id = found
        made = [(new_id(), new_id(), new_id(), new_id()) for _ in range(how_many)]
        for table, where, changes in (
            ("invoices", {"id": invoice_id}, ({"id": i, "appointment_id": a, "client_id": c} for i, _, a, c in made)),
            (
                "invoice_draft_lines",
                {"id": line_id},
                ({"id": n, "invoice_id": i, "appointment_id": a, "client_id": c} for i, n, a, c in made),
            ),
            (
                "billed_services",
                {"line_id": line_id},
                ({"line_id": n, "appointment_id": a, "client_id": c} for _, n, a, c in made),
            ),
        ):
            multiply(connection, table, where, changes)

    first: dict[str, float] = {}
    head("Drafting on the embedded bus, by the drafts that there are: p50 of one, processor time of each in bulk")
    with _growing(stack, "billing", sizes, grow) as (_, reached):
        for size in reached:
            _curve(f"a note's draft: {size:,}", ours.one_by_one(TIMES), first)
            rate, cpu_us = ours.in_bulk(BULK)
            row(f"of {BULK} in bulk, beside {size:,}", f"{rate:,.0f}/s", f"{cpu_us:,.0f} µs each", us=cpu_us)
    ours.close()


if __name__ == "__main__":
    main()
