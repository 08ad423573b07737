"""A notification ends the wait, whether it comes meanwhile or had come before, also with an earlier answer."""

from __future__ import annotations

import random
import threading

import psycopg
import pytest

from shared import clock
from shared.database.notifications import wait_for_notification
from shared.testing.databases import TestServer


@pytest.mark.parametrize("when", ["before", "with an answer", "meanwhile", "never"])
def test_the_wait_ends_with_the_notification(server: TestServer, when: str) -> None:
    url = server.service_database("clients").url("app")
    with psycopg.connect(url, autocommit=True) as listening, psycopg.connect(url, autocommit=True) as other:
        listening.execute("LISTEN tried")
        later = threading.Timer(0.3, lambda: other.execute("NOTIFY tried"))
        if when == "meanwhile":
            later.start()
        elif when != "never":
            other.execute("NOTIFY tried")
        if when == "with an answer":
            listening.execute("SELECT 1")
        started = clock.monotonic()
        assert wait_for_notification(listening, 5.0 if when != "never" else 0.2) == (when != "never")
        assert clock.monotonic() - started < 4.0
        later.cancel()


def test_every_notification_is_heard_beside_other_statements_on_its_connection(server: TestServer) -> None:
    """It may come between two packets of a result, with its end, or after it: each time the wait ends at once."""
    url = server.service_database("clients").url("app")
    turns = random.Random(7)
    with psycopg.connect(url, autocommit=True) as listening, psycopg.connect(url, autocommit=True) as other:
        listening.execute("LISTEN beside")
        for turn in range(500):
            notifying = threading.Thread(target=other.execute, args=("NOTIFY beside",))
            notifying.start()
            for _ in range(turns.randrange(1, 5)):
                listening.execute("SELECT generate_series(1, %s)", [turns.choice([1, 1, 2_000])]).fetchall()
            assert wait_for_notification(listening, 5.0), f"turn {turn}"
            notifying.join()
