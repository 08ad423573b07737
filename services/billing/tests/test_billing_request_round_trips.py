"""What the commonest requests about a client's money wait for PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import make_url

from shared.testing.round_trips import CountingDoor
from shared.testing.web import Keys, service_client

WARM: Final = 8  # psycopg prepares a statement at its sixth time
PAYMENT_MAX: Final = 10
LEDGER_MAX: Final = 6


def test_a_payment_and_a_ledger_take_few_round_trips(practice, billing_database) -> None:
    client_id = practice.client()
    service = practice.service()
    for _ in range(3):
        practice.document(client_id, service)
    url, payment = make_url(billing_database.url("app")), {"client_id": str(client_id), "amount_cents": 100}
    payment |= {"method": "cash", "received_on": str(practice.today())}
    with closing(CountingDoor(str(url.host), int(url.port or 0))) as door:
        through = url.set(port=door.port).render_as_string(hide_password=False)
        biller = replace(service_client(billing_database, Keys(), DATABASE_URL=through), actor=practice.biller.actor)

        def trips(send: Any, *given: Any) -> int:
            before = door.round_trips
            assert send(*given).status_code in (200, 201)
            return door.round_trips - before

        paying = [trips(biller.post, "/payments", payment) for _ in range(WARM + 3)]
        reading = [trips(biller.get, f"/clients/{client_id}/ledger") for _ in range(WARM + 3)]
    assert 0 < max(paying[WARM:]) <= PAYMENT_MAX, paying
    assert 0 < max(reading[WARM:]) <= LEDGER_MAX, reading
