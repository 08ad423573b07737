"""A question of the superuser finds the server that runs now, also over a connection that was kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from shared.database.local_postgres import LocalPostgres
from shared.testing import superuser
from shared.testing.janitor import Folder

OWN = "SELECT pg_backend_pid()"


def test_a_connection_stays_and_is_replaced_when_it_is_gone() -> None:
    with Folder("caseload-pg-") as folder:
        server = LocalPostgres(folder.path, durable=False)
        server.start()
        url = server.admin_url
        first = superuser.found(url, OWN)
        assert superuser.found(url, OWN) == first
        with pytest.raises(psycopg.errors.DivisionByZero):
            superuser.found(url, "SELECT 1 / %s", [0])
        second = superuser.found(url, OWN)
        assert second != first, "a connection on which something failed is not used again"
        with ThreadPoolExecutor(2) as pool:  # each has its own
            both = list(pool.map(lambda _: superuser.found(url, f"{OWN}, pg_sleep(0.3)")[0][0], range(2)))
        assert len(set(both)) == 2
        server.kill()
        server.start(server.port)
        assert superuser.found(url, OWN) not in (first, second)
        server.stop()
