"""When clients were here last and come next, for a page of clients at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.visits import queries
from shared import clock
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("no_waiting")
NEW_YORK = "America/New_York"


def on(days: int, hour: int = 10) -> str:
    """A local start so many days from today."""
    return f"{clock.today(NEW_YORK) + timedelta(days=days)}T{hour:02}:00"


def looked_up(asker: ServiceClient, *client_ids: str) -> dict[str, Any]:
    """The entries by client."""
    response = asker.post("/appointments/lookup", {"client_ids": list(client_ids)})
    assert response.status_code == 200, response.text
    return {item["client_id"]: item for item in response.json["items"]}


def become(clinic: Clinic, appointment: dict[str, Any], status: str) -> None:
    """Set what became of an appointment."""
    response = clinic.desk.post(f"/appointments/{appointment['id']}/status", {"status": status})
    assert response.status_code == 200, response.text


def test_the_last_kept_one_and_the_next_one_that_is_booked(clinic: Clinic) -> None:
    other = clinic.client()
    kept, missed = clinic.book(on(-9)), clinic.book(on(-2))
    become(clinic, kept, "arrived")
    become(clinic, missed, "no_show")
    cancelled, booked = clinic.book(on(2)), clinic.book(on(3))
    become(clinic, cancelled, "cancelled")
    clinic.book(on(4))
    found = looked_up(clinic.desk, clinic.client_id, other, str(new_id()))
    visit = {name: kept[name] for name in ("starts_at", "starts_at_local", "time_zone")}
    coming = {name: booked[name] for name in ("starts_at", "starts_at_local", "time_zone")}
    assert found == {
        clinic.client_id: {
            "client_id": clinic.client_id,
            "last_visit": {"appointment_id": kept["id"], **visit},
            "next_appointment": {"appointment_id": booked["id"], **coming},
        },
        other: {"client_id": other, "last_visit": None, "next_appointment": None},
    }


def test_one_that_goes_on_now_is_the_next_until_it_is_kept(clinic: Clinic) -> None:
    now = datetime.fromisoformat(f"{clock.utc_to_local(clock.now(), 'UTC'):%Y-%m-%dT%H:%M}")
    begun = clinic.book(f"{now - timedelta(minutes=20):%Y-%m-%dT%H:%M}", time_zone="UTC", duration_minutes=60)
    (item,) = looked_up(clinic.desk, clinic.client_id).values()
    assert (item["last_visit"], item["next_appointment"]["appointment_id"]) == (None, begun["id"])
    become(clinic, begun, "arrived")
    (item,) = looked_up(clinic.desk, clinic.client_id).values()
    assert (item["last_visit"]["appointment_id"], item["next_appointment"]) == (begun["id"], None)


def test_who_sees_assigned_clients_only_is_told_of_no_others(clinic: Clinic) -> None:
    other = clinic.client()
    clinic.book(on(3))
    narrow = clinic.staff("therapist", grants=("assigned_only",))
    assert looked_up(narrow, clinic.client_id, other) == {}
    clinic.assign(clinic.client_id, narrow)
    assert set(looked_up(narrow, clinic.client_id, other)) == {clinic.client_id}


def test_clients_of_another_practice_are_left_out_and_on_nobodys_record(
    clinic: Clinic, clinical_web: ServiceClient, clinical_database: ServiceDatabase
) -> None:
    other = Clinic(clinical_web, clinical_database, clinic.worker)
    other.book(on(3))
    assert set(looked_up(clinic.desk, other.client_id, clinic.client_id)) == {clinic.client_id}
    shown = clinic.database.rows(
        "SELECT client_id FROM audit_entries WHERE actor_id = %s AND action = 'visits.lookup'", clinic.desk.staff_id
    )
    assert shown == [(UUID(clinic.client_id),)]


def test_it_takes_100_ids_and_nothing_else(clinic: Clinic) -> None:
    many = [str(new_id()) for _ in range(101)]
    assert looked_up(clinic.desk, *many[1:]) == {}
    for wrong, field in (({"client_ids": many}, "client_ids"), ({}, "client_ids"), ({"client_ids": [], "x": 1}, "x")):
        refused = clinic.desk.post("/appointments/lookup", wrong)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_the_index_of_a_client_serves_it_in_one_statement(clinic: Clinic) -> None:
    """However many appointments there are: both are looked for per client, in the order of the index."""
    actor = clinic.desk.actor
    assert actor is not None
    plan = plan_of(clinic.database, clinic.organization_id, queries.statement(actor, [new_id()], clock.now()))
    assert plan.count("ix_attendees_client_start") == 2 and "Sort" not in plan, plan
