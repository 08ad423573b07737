"""What is past its retention goes, in batches that an index serves; what is not stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from prometheus_client import REGISTRY

from shared.database import purge
from shared.database.purge import EVERYWHERE, Purge
from shared.database.session import Database
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing.databases import ServiceDatabase, TestServer, database_of, load
from shared.testing.plans import plan_of
from shared.testing.waiting import wait_until


@pytest.fixture
def billing(server: TestServer) -> ServiceDatabase:
    return server.service_database("billing")


@pytest.fixture
def worker(billing: ServiceDatabase) -> Iterator[Database]:
    made = database_of(billing, "worker")
    yield made
    made.dispose()


def dead_letter(database: ServiceDatabase, **instants: str) -> None:
    names = "".join(f", {name}" for name in instants)
    values = "".join(f", now() - interval '{ago}'" for ago in instants.values())
    database.rows(
        "INSERT INTO dead_letters (id, type, reason, error, attempts, body, headers, parked_at"
        f"{names}) VALUES (%s, 'x', 'x', 'x', 1, '', '{{}}', now() - interval '90 days'{values}) RETURNING 1",
        new_id(),
    )


def use_token(database: ServiceDatabase, ago: str, count: int = 1) -> None:
    database.rows(
        "INSERT INTO used_tokens SELECT %s, gen_random_uuid(), now() - %s::interval FROM generate_series(1, %s)"
        " RETURNING 1",
        *(new_id(), ago, count),
    )


def purged(table: str) -> float:
    labels = {"service": "billing", "table": table}
    return REGISTRY.get_sample_value("caseload_rows_purged_total", labels) or 0


def test_dead_letters_go_once_they_are_settled_for_long_and_never_before(
    billing: ServiceDatabase, worker: Database
) -> None:
    dead_letter(billing)
    dead_letter(billing, replayed_at="34 days")
    dead_letter(billing, discarded_at="34 days")
    dead_letter(billing, replayed_at="36 days")
    dead_letter(billing, discarded_at="36 days")
    assert Purge("billing", worker).all()["dead_letters"] == 2
    assert len(billing.rows("SELECT 1 FROM dead_letters")) == 3
    assert len(billing.rows("SELECT 1 FROM dead_letters WHERE replayed_at IS NULL AND discarded_at IS NULL")) == 1


def test_many_go_in_batches_and_are_counted(
    billing: ServiceDatabase, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "BATCH_ROWS", 10)
    monkeypatch.setattr(purge, "PAUSE_SECONDS", 0)
    use_token(billing, "2 days", 35)
    use_token(billing, "1 hour", 4)
    before = purged("used_tokens")
    assert Purge("billing", worker).all()["used_tokens"] == 35
    assert purged("used_tokens") - before == 35
    assert billing.rows("SELECT count(*) FROM used_tokens") == [(4,)]


def test_while_one_worker_purges_another_does_not(billing: ServiceDatabase, worker: Database) -> None:
    use_token(billing, "2 days")
    with psycopg.connect(billing.admin_url) as busy:
        busy.execute("SELECT pg_advisory_xact_lock(%s, %s)", purge.LOCK)
        assert Purge("billing", worker).all()["used_tokens"] == 0
    assert Purge("billing", worker).all()["used_tokens"] == 1


def test_the_worker_purges_by_itself(
    billing: ServiceDatabase, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "FIRST_SECONDS", (0, 0.01))
    use_token(billing, "2 days")
    stop = threading.Event()
    running = threading.Thread(target=Purge("billing", worker).run, args=(stop,), daemon=True)
    running.start()
    wait_until(lambda: billing.rows("SELECT count(*) FROM used_tokens") == [(0,)])
    stop.set()
    running.join(5)
    assert not running.is_alive()


@pytest.mark.parametrize("service", SERVICES)
def test_every_batch_is_found_by_an_index(server: TestServer, service: str) -> None:
    database = server.service_database(service)
    for expired in (*EVERYWHERE, *load(service).expired):
        made = plan_of(database, None, expired.oldest(), role="worker")
        first = made.split("SubPlan")[0]
        assert "Sort" not in first and f"on {expired.table}" in first, made
        assert f"Index Cond: ({expired.since} <" in first, made
