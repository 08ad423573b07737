"""Tables that grew fast are counted at once: PostgreSQL plans by what it counted last, and looks once a minute.

A table that was never counted is taken for small, where every index is as good as the right one, and a plan that was
chosen then is kept. Thousands of rows later each look at one row reads every row of its organization. So does each
check of a foreign key. Counting lets PostgreSQL forget such plans.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from shared import clock, logs
from shared.database.session import Database

LOOK_SECONDS: Final = 1.0  # PostgreSQL itself counts what a connection wrote about once a second
ROWS_MIN: Final = 500  # with fewer, a wrong index costs little
TIMES: Final = 4  # as many rows as were counted last: a table that grows to 50,000 rows is counted five times

# Only its owner may count a table, so this function has its owner's rights. What another one is counting, it leaves.
COUNT_GROWN_TABLES: Final = f"""
CREATE FUNCTION count_grown_tables() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    grown name;
    counted integer := 0;
BEGIN
    FOR grown IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND pg_stat_get_live_tuples(c.oid) >= greatest({ROWS_MIN}, {TIMES} * c.reltuples)
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', grown);
        counted := counted + 1;
    END LOOP;
    RETURN counted;
END $$
"""


class GrownTables:
    """The tables of one service's database; `database` is the worker's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next_look = 0.0

    def look(self) -> int:
        """Count the tables that have grown much since they were counted; returns how many. At most once a second.

        To be called by who has seen that something was written: it costs a transaction.
        """
        if clock.monotonic() < self._next_look:
            return 0
        counted = self._database.run(lambda session: session.scalar(text("SELECT count_grown_tables()"))) or 0
        self._next_look = clock.monotonic() + LOOK_SECONDS
        if counted:
            logs.get().info("grown_tables_counted", tables=counted)
        return int(counted)
