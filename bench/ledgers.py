"""Ledgers of many entries, and what it takes to merge two clients who have such ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any, Final
from uuid import UUID

import psycopg

from bench.many_rows import multiply
from bench.measuring import Sample, head, row, timed
from embedded.stack import Stack
from shared import clock
from shared.change_codes import MERGE, UNMERGE
from shared.contracts.clients import ChangeDecided
from shared.database.session import Database, Session
from shared.ids import new_id
from shared.messaging import outbox
from shared.testing.databases import load
from tests.practice import Practice

TIMES: Final = 30
WARM: Final = 10
LOOK_SECONDS: Final = 0.0005
WAIT_SECONDS: Final = 10.0
SETTLE_GOAL: Final = 1.5  # times what it takes where each has a few entries
PAGE_GOAL: Final = 2.0  # times the same page of one client: of each of the two as much is read
CENTS: Final = 100


def begun(practice: Practice) -> str:
    """A client with the first entry of a ledger: a payment of `CENTS`."""
    client_id, _ = practice.new_client()
    body = {"client_id": client_id, "amount_cents": CENTS, "method": "cash"}
    practice.owner.post("/payments", {**body, "received_on": str(clock.today("America/New_York"))})
    return client_id


def add_entries(connection: psycopg.Connection[Any], client_id: str, how_many: int) -> None:
    """So many entries more like the first one, each with its postings and its row."""
    found = connection.execute(
        "SELECT min(entry_id::text)::uuid, max(sequence) FROM ledger_rows WHERE client_id = %s", [client_id]
    ).fetchone()
    assert found is not None
    entry_id, last = found
    made = [(new_id(), sequence) for sequence in range(last + 1, last + 1 + how_many)]
    multiply(connection, "journal_entries", {"id": entry_id}, ({"id": i, "key": f"bench:{i}"} for i, _ in made))
    for leg, amount in connection.execute(
        "SELECT leg, amount_cents FROM postings WHERE entry_id = %s", [entry_id]
    ).fetchall():
        multiply(
            connection,
            "postings",
            {"entry_id": entry_id, "leg": leg},
            ({"entry_id": i, "amount_cents": amount} for i, _ in made),
        )
    multiply(
        connection,
        "ledger_rows",
        {"entry_id": entry_id},
        ({"entry_id": i, "sequence": n, "balance_after_cents": -CENTS * n} for i, n in made),
    )


def merged(stack: Stack, practice: Practice, sizes: Sequence[int]) -> None:
    """Two clients with so many entries each: how long billing takes to merge them, and the pages of the one ledger."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + "/billing"
    clients = load("clients").database(stack.database_url("clients", "app"), pool_size=1)
    head("Two clients who are merged: p50 of billing's part, and through the gateway, by the entries of each")
    first: dict[str, float] = {}
    try:
        with closing(psycopg.connect(url, autocommit=True)) as billing:
            for size in sizes:
                _pair(practice, clients, billing, size, first)
    finally:
        clients.dispose()


def _pair(
    practice: Practice, clients: Database, billing: psycopg.Connection[Any], size: int, first: dict[str, float]
) -> None:
    alone, stays, ends = (begun(practice) for _ in range(3))
    for client_id in (alone, stays, ends):
        add_entries(billing, client_id, size - 1)
    billing.execute("ANALYZE")
    settle = partial(_settled, clients, billing, UUID(practice.organization_id), UUID(ends), UUID(stays))
    settled = Sample(tuple(settle(kind) for _ in range(TIMES) for kind in (MERGE, UNMERGE)))
    grown = settled.p50 / first.setdefault("settled", settled.p50)
    row(
        f"merged or separated: {size:,}",
        f"{settled.p50 * 1000:.1f} ms",
        f"{grown:.2f} × the first",
        f"≤ {SETTLE_GOAL:g} ×",
        met=grown <= SETTLE_GOAL,
        ms=settled.p50 * 1000,
    )
    settle(MERGE)
    for what, read in {
        "the first page": partial(_ledger_page, practice, "oldest"),
        "the newest page": partial(_ledger_page, practice, "newest"),
    }.items():
        # In turns, so that whatever else the machine does at that time slows down both.
        pairs = [(timed(partial(read, alone), 1).p50, timed(partial(read, stays), 1).p50) for _ in range(WARM + TIMES)]
        of_one, of_both = (Sample(tuple(seconds)) for seconds in zip(*pairs[WARM:], strict=True))
        ratio = of_both.p50 / of_one.p50
        row(
            f"{what} of both, {size:,} each",
            f"{of_both.p50 * 1000:.1f} ms",
            f"{ratio:.2f} × of one",
            f"≤ {PAGE_GOAL:g} ×",
            met=ratio <= PAGE_GOAL,
            ms=of_both.p50 * 1000,
        )


def _ledger_page(practice: Practice, order: str, client_id: str) -> object:
    return practice.owner.get(f"/clients/{client_id}/ledger", limit=20, order=order)


def _settled(
    clients: Database, billing: psycopg.Connection[Any], organization_id: UUID, ends: UUID, stays: UUID, kind: str
) -> float:
    """Seconds from before the decision is committed until billing has done it."""
    change = ChangeDecided(organization_id, new_id(), 2, kind, (ends, stays), applies=True)
    wanted = stays if kind == MERGE else None

    def tell(session: Session) -> None:
        outbox.add(session, change)

    started = time.perf_counter()
    clients.run(tell, organization_id)
    while (passed := time.perf_counter() - started) < WAIT_SECONDS:
        if billing.execute("SELECT merged_into FROM client_copies WHERE id = %s", [ends]).fetchone() == (wanted,):
            return passed
        time.sleep(LOOK_SECONDS)  # looking all the time would slow the workers that are measured
    raise TimeoutError(f"billing has not done a {kind} within {WAIT_SECONDS} s")
