"""Importing many clients: beside COPY of the same validated rows, with what memory, and killed in the middle; its undo.

Checking and adding are two jobs, as where somebody looks at a dry run first. COPY writes the rows that adding wrote
into the same table, with the same columns, triggers, indexes and constraints, and none of what belongs to a client
besides: search words, addresses, events, audit entries. What it takes to check a row, it does not take either.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import psycopg
from psycopg import sql

from bench.large_transfers import growth_of, memory_row
from bench.measuring import Missed, head, note, row
from bench.profiles import processes, where_it_goes
from bench.sizes import seconds_left
from embedded.stack import Stack
from shared.ids import new_id
from tests.practice import Practice

GOAL: Final = 0.3  # times the rows per second of COPY
READER_MB_MAX: Final = 512
SYLLABLES: Final = ("an", "be", "co", "du", "el", "fi", "go", "ha", "in", "jo", "ka", "li", "mo", "na", "or", "pe")
SCATTER: Final = 2_654_435_761  # odd: each number becomes another one below 2 ** 32
COPIED_AT_ONCE: Final = 1_000  # in one transaction: a single one makes the trigger that numbers clients ever slower
PROFILED_FROM: Final = 50_000_000  # people whom no size imports
LOOK_SECONDS: Final = 0.1
ROUGH_RATE: Final = 120  # rows per second of all that is done with a size, before one is known
HEADER: Final = "Legal First Name,Legal Last Name,Birth Date,Mobile Phone,Email,Street,City,State,Zip,Client Status"
NEXT: Final = (
    "the numbers of a step's clients at once, where a trigger updates the counter for each, and rows of clients that"
    " are written without an object each."
)


def imported(stack: Stack, practice: Practice, sizes: Sequence[int]) -> None:
    """At each size for which there is time: check, add, COPY, undo. Then a kill in the middle, at the smallest."""
    first, rate = 0, float(ROUGH_RATE)
    for size in sizes:
        head(f"Importing {size:,} clients: rows per second")
        if size / rate > seconds_left():
            note(f"Left out: it takes about {size / rate:,.0f} s. Give it BENCH_SECONDS and BENCH_GROWTH_SECONDS.")
            continue
        began = time.monotonic()
        _one_size(stack, practice, size, first)
        first, rate = first + size, size / (time.monotonic() - began)
    head("An import whose process is killed in the middle")
    _killed(stack, practice, sizes[0], first)


def table(how_many: int, first: int) -> bytes:
    """A client list of so many people, each with a name, a birthday, a phone and an e-mail that nobody else has."""
    return "\n".join([HEADER, *map(_line, range(first, first + how_many)), ""]).encode()


def _line(number: int) -> str:
    scattered = number * SCATTER % 2**32
    parts = [SYLLABLES[scattered >> 4 * place & 15] for place in range(8)]
    given, family = "".join(parts[:4]).title(), "".join(parts[4:]).title()
    born = f"{1 + number % 12}/{1 + number // 12 % 28}/{1940 + number // 336 % 80}"
    phone = f"({212 + number // 10_000_000}) {200 + number // 10_000 % 800}-{number % 10_000:04d}"
    return f"{given},{family},{born},{phone},c{number}@example.org,{number} Mill Lane,Albany,NY,12207,Active"


def _one_size(stack: Stack, practice: Practice, size: int, first: int) -> None:
    web, worker = processes(stack)["clients web"], processes(stack)["clients worker"]
    with growth_of([web]) as reading:
        began = time.monotonic()
        path = _upload(practice, table(size, first))
        row(f"upload, {size:,}", f"{size / (time.monotonic() - began):,.0f}/s")
    memory_row("the service with its reader", reading, READER_MB_MAX)
    with growth_of([worker]) as growth:
        checked = _rate(practice, path, size)
        row(f"checked, {size:,}", f"{checked:,.0f}/s")
        practice.owner.post(f"{path}/commit", expect=202)
        added = _rate(practice, path, size)
    copied = _copied(stack, practice, path)
    ratio = added / copied
    again = partial(_add_some, practice, PROFILED_FROM + first)
    missed = Missed(NEXT, lambda: where_it_goes(processes(stack), again))
    row(f"COPY of the same rows, {size:,}", f"{copied:,.0f}/s", "1")
    value = f"{ratio:.2f} × COPY"
    row(f"added, {size:,}", f"{added:,.0f}/s", value, f"≥ {GOAL:g} ×", met=ratio >= GOAL, missed=missed)
    memory_row("the process of the jobs meanwhile", growth)
    practice.owner.post(f"{path}/undo", expect=202)
    row(f"undone, {size:,}", f"{_rate(practice, path, size, 'removed'):,.0f}/s")


def _upload(practice: Practice, file: bytes, **more: str) -> str:
    """Begin an import; returns its path."""
    return f"/client-imports/{practice.owner.upload('/client-imports', 'clients.csv', file, **more)['id']}"


def _rate(practice: Practice, path: str, size: int, counted: str = "created") -> float:
    """Rows per second of the job that was begun a moment ago."""
    began = time.monotonic()
    ended = _when(practice, path, lambda shown: shown["state"] not in ("queued", "running"))
    if ended["state"] != "done" or ended["counts"][counted] != size:
        raise AssertionError(f"an import is {ended['state']}: {json.dumps(ended['counts'])}")
    return size / (time.monotonic() - began)


def _when(practice: Practice, path: str, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    while not ready(shown := practice.owner.get(path)):
        time.sleep(LOOK_SECONDS)  # the job is at work
    return dict(shown)


def _copied(stack: Stack, practice: Practice, path: str) -> float:
    """Rows per second of COPY into the clients' table, of the rows that the import added. They are gone afterwards."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + "/clients"
    with psycopg.connect(url, autocommit=True) as connection:
        columns = _columns(connection)
        rows = connection.execute(
            sql.SQL(
                "SELECT {} FROM clients WHERE organization_id = %s AND id IN"
                " (SELECT client_id FROM client_import_rows WHERE organization_id = %s AND import_id = %s)"
            ).format(sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)),
            [practice.organization_id, practice.organization_id, path.rpartition("/")[2]],
        ).fetchall()
        place = columns.index("id")
        made = [[*each[:place], str(new_id()), *each[place + 1 :]] for each in rows]
        into = sql.SQL("COPY clients ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
        began = time.monotonic()
        for start in range(0, len(made), COPIED_AT_ONCE):
            with connection.transaction(), connection.cursor().copy(into) as copy:
                for each in made[start : start + COPIED_AT_ONCE]:
                    copy.write_row(each)
        rate = len(made) / (time.monotonic() - began)
        ids = [each[place] for each in made]
        connection.execute("DELETE FROM client_pair_marks WHERE client_id = ANY(%s::uuid[])", [ids])
        connection.execute("DELETE FROM clients WHERE id = ANY(%s::uuid[])", [ids])
    return rate


def _columns(connection: psycopg.Connection[Any]) -> list[str]:
    """Those that the import writes: what triggers give, they give to COPY too."""
    by_trigger = ["number", "phone_digits", "phone_reversed"]
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'clients'"
        " AND is_generated = 'NEVER' AND column_name <> ALL(%s) ORDER BY ordinal_position",
        [by_trigger],
    )
    return [name for (name,) in found]


def _add_some(practice: Practice, first: int, how_many: int = 1_000) -> None:
    """A small import from beginning to end, for the profile: the first time it adds, then it finds duplicates."""
    path = _upload(practice, table(how_many, first), dry_run="false")
    _when(practice, path, lambda shown: shown["state"] not in ("queued", "running"))


def _killed(stack: Stack, practice: Practice, size: int, first: int) -> None:
    """The process of the jobs is killed once some rows are clients; the next one goes on when the lease is over."""
    path = _upload(practice, table(size, first), dry_run="false")
    began = time.monotonic()
    some = _when(practice, path, lambda shown: shown["state"] == "done" or shown["counts"]["created"] > size // 4)
    os.kill(processes(stack)["clients worker"], signal.SIGKILL)
    killed_at = some["counts"]["created"]
    ended = _when(practice, path, lambda shown: shown["state"] not in ("queued", "running"))
    same = ended["state"] == "done" and ended["counts"]["created"] == size and killed_at < size
    seconds = time.monotonic() - began
    row(f"killed at {killed_at:,} of {size:,}, then all", f"{seconds:.0f} s", "", "each once", met=same)
