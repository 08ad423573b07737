"""The sessions of one group: their order, their days, and who may know of them."""

from __future__ import annotations

from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_group_sessions import at, book
from services.clinical.tests.test_clinical_groups import group, today
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("no_waiting")


def listed(clinic: Clinic, group_id: str, asker: ServiceClient | None = None, **query: str) -> list[dict[str, Any]]:
    """All pages of a group's sessions."""
    items: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        response = (asker or clinic.desk).get(f"/groups/{group_id}/appointments", **query, **more)
        assert response.status_code == 200, response.text
        items += response.json["items"]
        if response.json["next_cursor"] is None:
            return items
        more = {"cursor": response.json["next_cursor"]}


def test_past_and_coming_sessions_come_as_asked_and_in_pages(clinic: Clinic) -> None:
    evening = group(clinic, clinic.client_id, on=at(-30)[:10])
    ids = [book(clinic, evening["id"], at(days)).json["id"] for days in (-14, -7, 7, 14)]
    clinic.book(at(1), client_ids=[clinic.client_id])
    assert [item["id"] for item in listed(clinic, evening["id"])] == ids[::-1]
    assert [item["id"] for item in listed(clinic, evening["id"], limit="1", sort="starts_at")] == ids
    first = clinic.desk.get(f"/groups/{evening['id']}/appointments", limit="1").json["next_cursor"]
    assert clinic.desk.get(f"/groups/{evening['id']}/appointments", sort="starts_at", cursor=first).status_code == 422
    assert [item["id"] for item in listed(clinic, evening["id"], **{"from": f"{today()}"})] == ids[:1:-1]
    assert [item["id"] for item in listed(clinic, evening["id"], to=f"{today()}", sort="starts_at")] == ids[:2]
    day = at(7)[:10]
    (on_the_agenda,) = clinic.desk.get("/agenda", **{"from": day, "to": day}).json["items"]
    assert listed(clinic, evening["id"], **{"from": day, "to": day}) == [on_the_agenda]
    backwards = clinic.desk.get(f"/groups/{evening['id']}/appointments", **{"from": day, "to": at(6)[:10]})
    assert (backwards.status_code, backwards.json["errors"][0]["code"]) == (422, "before_from")


def test_who_sees_assigned_clients_only_learns_of_nobody_else(clinic: Clinic) -> None:
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    own, other = clinic.client(narrowed), clinic.client()
    shared, foreign = group(clinic, own, other), group(clinic, other)
    led = group(clinic, other, staff=[str(narrowed.staff_id)])
    for each, days in ((shared, 3), (foreign, 4), (led, 5)):
        assert book(clinic, each["id"], at(days)).status_code == 201
    (seen,) = listed(clinic, shared["id"], narrowed)
    assert [client["id"] for client in seen["clients"]] == [own]
    assert listed(clinic, led["id"], narrowed) == [], "as on the agenda: nobody comes whom they may see"
    assert narrowed.get(f"/groups/{foreign['id']}/appointments").status_code == 404


def test_a_group_of_nobody_and_one_of_another_practice_are_answered_alike(
    clinic: Clinic, clinical_web: ServiceClient, clinical_database: ServiceDatabase
) -> None:
    other = Clinic(clinical_web, clinical_database, clinic.worker)
    theirs = group(other, other.client_id)["id"]
    assert book(other, theirs, at(3)).status_code == 201
    for group_id in (theirs, str(new_id())):
        response = clinic.desk.get(f"/groups/{group_id}/appointments")
        assert (response.status_code, response.json["code"]) == (404, "not_found")


def test_an_index_serves_the_order(clinic: Clinic, clinical_database: ServiceDatabase) -> None:
    """Asked as the web process asks: by the group. What starts at one instant is put in order by the id."""
    plan = plan_of(
        clinical_database,
        clinic.organization_id,
        "SELECT id FROM appointments WHERE organization_id = %s AND group_id = %s"
        " AND starts_at >= now() ORDER BY starts_at DESC, id DESC LIMIT 51",
        clinic.organization_id,
        str(new_id()),
    )
    assert "ix_appointments_group" in plan, plan
