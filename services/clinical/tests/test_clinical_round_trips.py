"""What a request costs in waiting for PostgreSQL, where that is promised."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import make_url

from shared.testing.round_trips import CountingDoor
from shared.testing.web import service_client

ROUND_TRIPS_MAX: Final = 9
WARM: Final = 8  # psycopg prepares a statement at its sixth time, which costs a round trip


def test_a_signature_takes_nine_round_trips_at_most(clinic, clinical_database, keys) -> None:
    url = make_url(clinical_database.url("app"))
    with closing(CountingDoor(str(url.host), int(url.port or 0))) as door:
        through = url.set(port=door.port).render_as_string(hide_password=False)
        signer = replace(service_client(clinical_database, keys, DATABASE_URL=through), actor=clinic.therapist.actor)
        taken = []
        for days in range(WARM + 3):
            start = f"{date(2026, 3, 2) + timedelta(days)}T09:00"
            note_id = clinic.note(clinic.book(start)["id"])["id"]
            before = door.round_trips
            key = {"Idempotency_Key": note_id} if days % 2 else {}  # a key costs no round trip
            assert signer.post(f"/notes/{note_id}/sign", **key).status_code == 200
            taken.append(door.round_trips - before)
    assert 0 < max(taken[WARM:]) <= ROUND_TRIPS_MAX, taken
