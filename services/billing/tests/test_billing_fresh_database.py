"""On a fresh database, too, a draft costs the same whether it is the hundredth or the thousandth.

Measured is what PostgreSQL read, not how long it took: entries of each index for each look into it.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from services.billing.tests.conftest import Practice
from shared.database import grown_tables
from shared.database.grown_tables import GrownTables
from shared.database.session import Database
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, TestServer, database_of
from shared.testing.events import apply
from shared.testing.waiting import wait_until
from shared.testing.web import Keys, service_client

TOGETHER = 50
ENTRIES_MAX = 20  # per look: all of one session, one rate, one line; a whole organization's are hundreds
READ = (
    "SELECT indexrelname, idx_scan, idx_tup_read FROM pg_stat_user_indexes"
    " WHERE relname IN ('invoices', 'invoice_draft_lines', 'billed_services', 'audit_entries') AND idx_scan > 0"
)
KEEPS_PLANS = 12  # from its sixth run on a statement has one plan for all values


@pytest.fixture
def fresh() -> Iterator[ServiceDatabase]:
    """A server without autovacuum: nobody counts by chance while the test runs."""
    server = TestServer()
    database = server.service_database("billing")
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
    yield database
    server.close()


@pytest.fixture
def worker_of_fresh(fresh: ServiceDatabase) -> Iterator[Database]:
    made = database_of(fresh, "worker")
    yield made
    made.dispose()


def test_drafts_read_no_more_of_an_organization_the_more_it_has(
    fresh: ServiceDatabase, worker_of_fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grown_tables, "LOOK_SECONDS", 0)
    practice = Practice(service_client(fresh, Keys()), worker_of_fresh)
    service, grown = practice.service(), GrownTables(worker_of_fresh)

    def draft(how_many: int) -> None:
        apply("billing", worker_of_fresh, *(practice.documented(new_id(), service) for _ in range(how_many)))

    def read() -> dict[str, tuple[int, int]]:
        return {name: (scans, entries) for name, scans, entries in fresh.rows(READ)}

    for _ in range(KEEPS_PLANS):
        draft(1)
    before_drafts = fresh.rows("SELECT count(*) FROM billed_services")[0][0]

    def has_grown() -> bool:
        draft(TOGETHER)
        return grown.look() >= 3

    wait_until(has_grown, 60, "the tables of drafts to be counted")
    drafted = fresh.rows("SELECT count(*) FROM billed_services")[0][0]
    assert drafted - before_drafts >= grown_tables.ROWS_MIN - TOGETHER
    worker_of_fresh.run(lambda session: session.connection().exec_driver_sql("SELECT pg_stat_force_next_flush()"))
    before = read()
    for _ in range(KEEPS_PLANS):
        draft(1)
    draft(TOGETHER)
    worker_of_fresh.run(lambda session: session.connection().exec_driver_sql("SELECT pg_stat_force_next_flush()"))
    looked = 0
    for name, (scans, entries) in read().items():
        scans_before, entries_before = before.get(name, (0, 0))
        if scans > scans_before:
            looked += 1
            per_look = (entries - entries_before) / (scans - scans_before)
            assert per_look <= ENTRIES_MAX, (name, per_look, drafted)
    assert looked >= 2  # what was never billed is inserted without a look at what there is
