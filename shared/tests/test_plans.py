"""The plan of a statement does not depend on what a database holds, and asking for it changes nothing there."""

from __future__ import annotations

import psycopg

from shared.ids import new_id
from shared.testing.databases import TestServer
from shared.testing.plans import plan_of

STATEMENT = (
    "SELECT sum(amount_cents) FROM ledger_rows WHERE organization_id = %s AND client_id = %s"
    " AND \"on\" BETWEEN '2026-01-01' AND '2026-12-31'"
)
ROWS = (
    'INSERT INTO ledger_rows (organization_id, client_id, sequence, entry_id, "on", kind, description, amount_cents,'
    " balance_after_cents) SELECT %s, gen_random_uuid(), n, gen_random_uuid(), '2026-02-01', 'payment', '', 1, 1"
    " FROM generate_series(1, %s) n"
)


def test_a_plan_is_the_same_whatever_rows_there_are_and_shows_that_an_index_is_missing(server: TestServer) -> None:
    database = server.service_database("billing")
    here, client = new_id(), new_id()
    empty = plan_of(database, here, STATEMENT, here, client)
    assert "Index Only Scan using ix_ledger_rows_by_day" in empty, empty
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for times in (1, 700):
            connection.execute(ROWS.encode(), [here, times])
            connection.execute("ANALYZE ledger_rows")
            assert plan_of(database, here, STATEMENT, here, client) == empty
        assert database.rows("SELECT count(*) FROM ledger_rows") == [(701,)]
        connection.execute("DROP INDEX ix_ledger_rows_by_day")
    assert "Index Only Scan" not in plan_of(database, here, STATEMENT, here, client)
