"""A transaction's first and last words: the tenant goes out with BEGIN, and what may wait goes out with COMMIT."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared import clock
from shared.database.many_rows import insert_along, insert_together, update_rows
from shared.database.session import Database, Session, set_tenant
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, TestServer, database_of
from shared.web.used_tokens import SPEND


@pytest.fixture(scope="module")
def clone(server: TestServer) -> ServiceDatabase:
    """A database of clients, for every service has these tables."""
    return server.service_database("clients")


@pytest.fixture
def database(clone: ServiceDatabase) -> Iterator[Database]:
    """The web role's; one connection, so that each transaction gets what the last one left."""
    made = Database(clone.url("app"), pool_size=1)
    yield made
    made.dispose()


def entry(organization_id: UUID, **columns: Any) -> dict[str, Any]:
    """An audit row."""
    row = {"organization_id": organization_id, "id": new_id(), "at": clock.now(), "action": "tried"}
    return {**row, "outcome": "done", "client_ids": [], "details": {}, **columns}


def keep(session: Session, row: dict[str, Any]) -> None:
    insert_along(session, "audit_entries", [row])


def kept(clone: ServiceDatabase, organization_id: UUID) -> int:
    return int(clone.rows("SELECT count(*) FROM audit_entries WHERE organization_id = %s", organization_id)[0][0])


def tenant(session: Session) -> str:
    return str(session.scalar(text("SELECT current_setting('app.organization_id', true)")) or "")


def test_a_transaction_sees_its_organization_and_the_next_one_nothing_of_it(database: Database) -> None:
    here = new_id()
    assert UUID(database.run(tenant, here)) == here
    assert database.run(tenant) == ""
    with database.engine.connect() as connection:
        assert not connection.scalar(text("SELECT current_setting('app.organization_id', true)"))


def test_no_failed_transaction_leaves_a_tenant_or_a_statement_behind(
    database: Database, clone: ServiceDatabase
) -> None:
    here = new_id()

    def fail(session: Session) -> None:
        keep(session, entry(here))
        session.execute(text("SELECT 1 / 0"))

    with suppress(DBAPIError):
        database.run(fail, here)
    assert database.run(tenant) == ""
    assert kept(clone, here) == 0


def test_what_is_kept_is_there_when_the_transaction_is(database: Database, clone: ServiceDatabase) -> None:
    here = new_id()

    def work(session: Session) -> None:
        for _ in range(3):
            keep(session, entry(here))

    for times in range(1, 9):  # psycopg prepares a statement at its sixth time
        database.run(work, here)
        assert kept(clone, here) == 3 * times


def test_what_a_kept_statement_violates_undoes_everything(database: Database, clone: ServiceDatabase) -> None:
    here, row = new_id(), new_id()

    def twice(session: Session) -> None:
        keep(session, entry(here))
        keep(session, entry(here, id=row))
        keep(session, entry(here, id=row))

    with pytest.raises(IntegrityError):
        database.run(twice, here)
    assert kept(clone, here) == 0
    assert database.run(tenant) == ""


def test_a_kept_row_of_another_organization_is_refused(database: Database, clone: ServiceDatabase) -> None:
    here, elsewhere = new_id(), new_id()
    with pytest.raises(DBAPIError, match="row-level security"):
        database.run(lambda session: keep(session, entry(elsewhere)), here)
    assert kept(clone, elsewhere) == 0


def test_a_row_belongs_to_the_organization_that_was_named_when_it_was_kept(
    database: Database, clone: ServiceDatabase
) -> None:
    here, elsewhere = new_id(), new_id()

    def work(session: Session) -> None:
        keep(session, entry(here))
        set_tenant(session, elsewhere)
        keep(session, entry(elsewhere))

    database.run(work, here)
    assert (kept(clone, here), kept(clone, elsewhere)) == (1, 1)


def test_a_savepoint_takes_back_what_was_kept_in_it(database: Database, clone: ServiceDatabase) -> None:
    here = new_id()

    def work(session: Session) -> None:
        keep(session, entry(here))
        savepoint = session.begin_nested()
        keep(session, entry(here))
        savepoint.rollback()

    database.run(work, here)
    assert kept(clone, here) == 1


def test_nothing_is_committed_after_an_error_that_nobody_heard_of(database: Database, clone: ServiceDatabase) -> None:
    here = new_id()

    def work(session: Session) -> None:
        session.execute(text("SELECT 1"))
        with suppress(DBAPIError):
            session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError):  # PostgreSQL would answer COMMIT with ROLLBACK and no error
        database.run(work, here)


def test_connections_that_the_server_has_ended_are_replaced(clone: ServiceDatabase) -> None:
    here = new_id()
    database = Database(clone.url("app"), pool_size=3)
    with database.transaction(here), database.transaction(here), database.transaction(here):
        pass  # the pool has three connections now
    clone.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clients_app'")
    for _ in range(4):
        assert UUID(database.run(tenant, here)) == here
    database.dispose()


def test_a_serialization_failure_at_commit_runs_the_whole_again(clone: ServiceDatabase) -> None:
    here, database = new_id(), database_of(clone)
    attempts = []

    def work(session: Session) -> None:
        attempts.append(1)
        keep(session, entry(here))
        if len(attempts) == 1:
            session.send_along("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$", [])

    database.run(work, here)
    assert (len(attempts), kept(clone, here)) == (2, 1)
    database.dispose()


def test_the_first_statement_goes_out_with_begin_and_says_what_it_changed(clone: ServiceDatabase) -> None:
    here, database, token = new_id(), Database(clone.url("app"), pool_size=1), new_id()
    ahead = [(SPEND, [here, token, clock.now()])]
    changed = [
        database.run(lambda session: (session.ahead[0].rowcount, tenant(session)), here, ahead) for _ in range(8)
    ]
    assert [count for count, _ in changed] == [1] + [0] * 7
    assert {UUID(name) for _, name in changed} == {here}
    database.dispose()


def test_the_first_statement_is_undone_with_its_transaction(database: Database) -> None:
    here = new_id()
    ahead = [(SPEND, [here, new_id(), clock.now()])]

    def fail(_session: Session) -> None:
        raise RuntimeError

    with suppress(RuntimeError):
        database.run(fail, here, ahead)
    assert database.run(lambda session: session.ahead[0].rowcount, here, ahead) == 1


def test_a_first_statement_that_is_refused_leaves_no_tenant_behind(database: Database) -> None:
    here, elsewhere = new_id(), new_id()
    with pytest.raises(psycopg.Error, match="row-level security"):
        database.run(tenant, here, [(SPEND, [elsewhere, new_id(), clock.now()])])
    assert database.run(tenant) == ""


def test_the_first_statement_finds_out_that_the_server_has_ended_the_connection(
    database: Database, clone: ServiceDatabase
) -> None:
    here = new_id()
    database.run(tenant, here)
    clone.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clients_app'")
    ahead = [(SPEND, [here, new_id(), clock.now()])]
    assert database.run(lambda session: session.ahead[0].rowcount, here, ahead) == 1


def test_rows_of_several_tables_go_out_as_one_statement_or_not_at_all(
    database: Database, clone: ServiceDatabase
) -> None:
    here, token = new_id(), new_id()
    spent = {"organization_id": here, "token_id": token, "expires_at": clock.now()}

    def both(session: Session) -> None:
        insert_together(session, {"audit_entries": [entry(here), entry(here)], "used_tokens": [spent], "inbox": []})

    database.run(both, here)
    assert kept(clone, here) == 2
    with pytest.raises(IntegrityError):
        database.run(both, here)
    assert kept(clone, here) == 2


def test_rows_are_changed_together_and_none_where_one_is_gone(clone: ServiceDatabase, database: Database) -> None:
    here, key = new_id(), ("organization_id", "id")
    made = {"organization_id": here, "type": "choice", "choices": [], "position": 1, "created_at": clock.now()}
    made |= {"on_new_client": False, "archived": False, "version": 1}
    rows = [{**made, "id": new_id(), "slug": name, "name": name} for name in ("first", "second")]
    database.run(lambda session: insert_together(session, {"client_fields": rows}), here)
    wanted = [{"organization_id": here, "id": row["id"], "choices": [{"slug": row["slug"]}]} for row in rows]
    choices = "SELECT choices->0->>'slug' FROM client_fields WHERE organization_id = %s ORDER BY slug"
    with pytest.raises(DBAPIError):
        gone = {**wanted[0], "id": new_id()}
        database.run(lambda session: update_rows(session, "client_fields", key, [*wanted, gone]), here)
    assert clone.rows(choices, here) == [(None,), (None,)]
    database.run(lambda session: update_rows(session, "client_fields", key, wanted), here)
    assert clone.rows(choices, here) == [("first",), ("second",)]
    database.run(lambda session: update_rows(session, "client_fields", key, []), here)
