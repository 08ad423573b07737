"""The appointments of one client: their order, their days, and who may know of whom."""

from __future__ import annotations

from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("no_waiting")


def listed(clinic: Clinic, asker: ServiceClient | None = None, **query: str) -> list[dict[str, Any]]:
    """All pages of the client's appointments."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        response = (asker or clinic.desk).get(f"/clients/{clinic.client_id}/appointments", **query, **more)
        assert response.status_code == 200, response.text
        items += response.json["items"]
        cursor = response.json["next_cursor"]
        if cursor is None:
            return items


def test_they_come_newest_first_or_as_asked_and_in_pages(clinic: Clinic) -> None:
    ids = [clinic.book(f"2026-10-{day:02}T10:00")["id"] for day in (6, 7, 8, 9, 12)]
    clinic.book("2026-10-06T12:00", client_ids=[clinic.client()])
    assert [item["id"] for item in listed(clinic)] == ids[::-1]
    assert [item["id"] for item in listed(clinic, limit="2")] == ids[::-1]
    assert [item["id"] for item in listed(clinic, limit="2", sort="starts_at")] == ids
    first = clinic.desk.get(f"/clients/{clinic.client_id}/appointments", limit="2").json["next_cursor"]
    of_another_order = clinic.desk.get(f"/clients/{clinic.client_id}/appointments", sort="starts_at", cursor=first)
    assert of_another_order.status_code == 422


def test_they_are_as_on_the_agenda(clinic: Clinic) -> None:
    clinic.book("2026-10-06T10:00")
    (on_the_agenda,) = clinic.desk.get("/agenda", **{"from": "2026-10-06", "to": "2026-10-06"}).json["items"]
    assert listed(clinic) == [on_the_agenda]


def test_days_are_those_of_each_ones_own_zone_and_either_end_may_be_open(clinic: Clinic) -> None:
    east = clinic.book("2026-10-07T00:30", time_zone="Pacific/Kiritimati")["id"]
    west = clinic.book("2026-10-06T23:30", time_zone="Pacific/Pago_Pago")["id"]
    assert [item["id"] for item in listed(clinic, **{"from": "2026-10-07"})] == [east]
    assert [item["id"] for item in listed(clinic, to="2026-10-06")] == [west]
    assert listed(clinic, **{"from": "2026-10-08"}) == listed(clinic, to="2026-10-05") == []
    assert {item["id"] for item in listed(clinic, **{"from": "2026-10-06", "to": "2026-10-07"})} == {east, west}
    backwards = clinic.desk.get(
        f"/clients/{clinic.client_id}/appointments", **{"from": "2026-10-07", "to": "2026-10-06"}
    )
    assert (backwards.status_code, backwards.json["errors"][0]["code"]) == (422, "before_from")


def test_story_17_another_zone_of_the_practice_leaves_them_where_they_are(clinic: Clinic) -> None:
    clinic.book("2026-10-27T16:00", time_zone="America/New_York")
    clinic.book("2026-10-28T16:00", time_zone="America/Chicago")
    assert [(item["starts_at_local"], item["time_zone"]) for item in listed(clinic)] == [
        ("2026-10-28T16:00", "America/Chicago"),
        ("2026-10-27T16:00", "America/New_York"),
    ]


def test_who_sees_assigned_clients_only_learns_of_nobody_else_in_a_group(clinic: Clinic) -> None:
    other = clinic.client()
    clinic.book("2026-10-06T10:00", client_ids=[clinic.client_id, other])
    narrow = clinic.staff("therapist", grants=("assigned_only",))
    path = f"/clients/{clinic.client_id}/appointments"
    assert narrow.get(path).status_code == 404
    clinic.assign(clinic.client_id, narrow)
    (seen,) = listed(clinic, narrow)
    assert [client["id"] for client in seen["clients"]] == [clinic.client_id]
    assert other not in narrow.get(path).text
    (seen,) = listed(clinic)
    assert {client["id"] for client in seen["clients"]} == {clinic.client_id, other}


def test_a_client_whom_nobody_knows_and_one_of_another_practice_are_answered_alike(
    clinic: Clinic, clinical_web: ServiceClient, clinical_database: ServiceDatabase
) -> None:
    other = Clinic(clinical_web, clinical_database, clinic.worker)
    other.book("2026-10-06T10:00")
    for client_id in (other.client_id, str(new_id())):
        assert clinic.desk.get(f"/clients/{client_id}/appointments").status_code == 404


def test_an_index_serves_the_order(clinic: Clinic, clinical_database: ServiceDatabase) -> None:
    """Asked as the web process asks: by the client, and no sort."""
    plan = plan_of(
        clinical_database,
        clinic.organization_id,
        "SELECT appointment_id FROM attendees WHERE organization_id = %s AND client_id = %s"
        " AND starts_at >= now() ORDER BY starts_at DESC, appointment_id DESC LIMIT 51",
        clinic.organization_id,
        clinic.client_id,
    )
    assert "ix_attendees_client_start" in plan and "Sort" not in plan, plan
