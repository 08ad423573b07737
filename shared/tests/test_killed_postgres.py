"""A server whose plug is pulled starts again at once, whatever its backends were doing."""

from __future__ import annotations

import threading
from contextlib import suppress

import psycopg

from shared.database.local_postgres import LocalPostgres
from shared.testing.janitor import Folder
from shared.testing.waiting import wait_until

BUSY = "SELECT count(*) FROM generate_series(1, 60000000) AS n WHERE n % 7 = 3"  # looks at nothing else meanwhile
RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%'"


def test_a_backend_that_is_busy_does_not_keep_the_next_server_from_starting() -> None:
    with Folder("caseload-pg-") as folder:
        server = LocalPostgres(folder.path / "server", durable=False)
        server.start()

        def ask() -> None:
            with suppress(psycopg.OperationalError), psycopg.connect(server.admin_url) as connection:
                connection.execute(BUSY)

        asking = threading.Thread(target=ask)
        try:
            asking.start()
            with psycopg.connect(server.admin_url, autocommit=True) as connection:
                wait_until(lambda: connection.execute(RUNNING).fetchone() == (2,), 10, "the busy backend")
            server.kill()
            server.start(server.port)
        finally:
            server.stop()
            asking.join()
