"""A table that grows fast on a fresh database is counted, so that plans from when it was empty are not kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from shared import audit_feed
from shared.database import grown_tables
from shared.database.grown_tables import GrownTables
from shared.database.session import Database
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing.databases import ServiceDatabase, TestServer, database_of

FILL = (
    "INSERT INTO {} SELECT (jsonb_populate_record(NULL::{}, jsonb_build_object('organization_id', %s::uuid,"
    " 'id', gen_random_uuid(), 'at', now(), 'action', 'x', 'outcome', 'done', 'client_ids', '{{}}'::text[],"
    " 'details', '{{}}'::jsonb))).* FROM generate_series(1, %s)"
)


@pytest.fixture(params=SERVICES)
def database(request: pytest.FixtureRequest, server: TestServer) -> ServiceDatabase:
    """A new database, of which PostgreSQL itself does not count the table by chance while a test runs."""
    made = server.service_database(request.param)
    with psycopg.connect(made.admin_url) as connection:
        connection.execute("ALTER TABLE audit_entries SET (autovacuum_enabled = false)")
    return made


@pytest.fixture
def worker(database: ServiceDatabase) -> Iterator[Database]:
    made = database_of(database, "worker")
    yield made
    made.dispose()


@pytest.fixture
def grown(worker: Database, monkeypatch: pytest.MonkeyPatch) -> GrownTables:
    monkeypatch.setattr(grown_tables, "LOOK_SECONDS", 0)
    return GrownTables(worker)


def fill(database: ServiceDatabase, rows: int) -> None:
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(FILL.format("audit_entries", "audit_entries").encode(), [new_id(), rows])
        connection.execute("SELECT pg_stat_force_next_flush()")


def counted(database: ServiceDatabase) -> float:
    return float(database.rows("SELECT reltuples FROM pg_class WHERE oid = 'audit_entries'::regclass")[0][0])


def test_what_grew_is_counted_and_what_did_not_is_left(database: ServiceDatabase, grown: GrownTables) -> None:
    few = grown_tables.ROWS_MIN - 1
    grown.look()  # codes that came with the schema
    fill(database, few)
    assert grown.look() == 0 and counted(database) == -1
    fill(database, 1)
    assert grown.look() == 1 and counted(database) == few + 1
    fill(database, few)
    assert grown.look() == 0
    fill(database, (few + 1) * grown_tables.TIMES)
    assert grown.look() == 1 and counted(database) > (few + 1) * grown_tables.TIMES


def test_a_table_that_another_one_counts_is_left_to_it(database: ServiceDatabase, grown: GrownTables) -> None:
    grown.look()
    fill(database, grown_tables.ROWS_MIN)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("LOCK TABLE audit_entries IN SHARE UPDATE EXCLUSIVE MODE")
        grown.look()
        assert counted(database) == -1
    assert grown.look() == 1


def test_one_looks_at_most_once_a_second(worker: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    monkeypatch.setattr(worker, "run", lambda _work: runs.append(1) or 0)
    now = iter([10.0, 10.0, 10.9, 11.0, 11.0])
    monkeypatch.setattr(grown_tables.clock, "monotonic", lambda: next(now))
    grown = GrownTables(worker)
    for _ in range(3):
        grown.look()
    assert len(runs) == 2


def test_only_the_worker_may_have_tables_counted(database: ServiceDatabase) -> None:
    with (
        psycopg.connect(database.url("app"), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT count_grown_tables()")


@pytest.mark.parametrize("database", [service for service in SERVICES if service != "identity"], indirect=True)
def test_the_feed_of_the_audit_trail_looks_when_it_has_sent_something(
    database: ServiceDatabase, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three services whose entries identity chains."""
    looks: list[int] = []
    monkeypatch.setattr(GrownTables, "look", lambda _self: looks.append(1))

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    with psycopg.connect(database.admin_url) as connection:
        connection.execute(FILL.format("audit_entries", "audit_entries").encode(), [new_id(), 3])
    audit_feed.AuditFeed(database.service, worker).run(Stop())
    assert looks == [1]
