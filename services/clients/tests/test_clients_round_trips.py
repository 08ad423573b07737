"""What reading a client waits for PostgreSQL: to begin, to read, and to commit with the audit row."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Final

from sqlalchemy import make_url

from shared.testing.round_trips import CountingDoor
from shared.testing.web import service_client

WARM: Final = 8  # psycopg prepares a statement at its sixth time
AUDITED_READ: Final = 3


def test_a_client_is_read_in_three_round_trips(desk, clients_database, keys) -> None:
    client_id = desk.add()["id"]
    url = make_url(clients_database.url("app"))
    with closing(CountingDoor(str(url.host), int(url.port or 0))) as door:
        through = url.set(port=door.port).render_as_string(hide_password=False)
        reader = replace(service_client(clients_database, keys, DATABASE_URL=through), actor=desk.desk.actor)
        taken = []
        for _ in range(WARM + 3):
            before = door.round_trips
            assert reader.get(f"/clients/{client_id}").json["merged"] == []
            taken.append(door.round_trips - before)
    assert taken[WARM:] == [AUDITED_READ] * 3
