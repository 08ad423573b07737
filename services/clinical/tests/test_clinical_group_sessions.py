"""Groups are booked: who belongs to one on that day comes, until the session begins or somebody writes about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic
from services.clinical.tests.test_clinical_groups import code, delete, group, put, today


def at(days: int) -> str:
    return f"{today() + timedelta(days=days)}T09:00"


def book(clinic: Clinic, group_id: str, when: str, **more: Any) -> Any:
    body = {**clinic.booking(when, **more), "group_id": group_id}
    del body["client_ids"]
    return clinic.desk.post("/appointments", body)


def roster(clinic: Clinic, appointment_id: str) -> tuple[list[str], bool]:
    shown = clinic.desk.get(f"/appointments/{appointment_id}/roster").json
    return sorted(member["client_id"] for member in shown["members"]), shown["frozen_at"] is not None


@pytest.fixture
def evening(clinic: Clinic) -> dict[str, Any]:
    """A group that two clients have belonged to for a month, the therapist's client being one of them."""
    since = f"{today() - timedelta(days=30)}"
    return group(clinic, clinic.client_id, clinic.client(), on=since, staff=[str(clinic.therapist.staff_id)])


def test_everybody_comes_who_belongs_to_it_on_that_day(clinic: Clinic, evening: dict[str, Any]) -> None:
    old = sorted(member["client_id"] for member in evening["members"])
    later = clinic.client()
    put(clinic, f"/groups/{evening['id']}/members/{later}", {"on": f"{today() + timedelta(days=7)}"})
    coming, next_week = (book(clinic, evening["id"], at(days)) for days in (3, 10))
    assert (coming.status_code, coming.json["group_id"], coming.json["client_ids"]) == (201, evening["id"], old)
    assert roster(clinic, coming.json["id"]) == (old, False)
    assert roster(clinic, next_week.json["id"]) == (sorted([*old, later]), False)


def test_who_joins_or_leaves_does_so_from_that_session_on(clinic: Clinic, evening: dict[str, Any]) -> None:
    old = sorted(member["client_id"] for member in evening["members"])
    past, soon, then = (book(clinic, evening["id"], at(days)).json["id"] for days in (-7, 3, 10))
    assert roster(clinic, past) == (old, True)
    new, path = clinic.client(), f"/groups/{evening['id']}/members"
    joined = put(clinic, f"{path}/{new}", {"on": f"{today() + timedelta(days=5)}"})
    assert joined.status_code == 200, joined.text
    assert [roster(clinic, each)[0] for each in (past, soon, then)] == [old, old, sorted([*old, new])]
    delete(clinic, f"{path}/{old[0]}", {"on": f"{today() - timedelta(days=14)}"})
    assert [roster(clinic, each)[0] for each in (past, soon, then)] == [old, old[1:], sorted([*old[1:], new])]
    lines = clinic.desk.get(f"/appointments/{then}/history").json["items"]
    assert [(line["client_id"], line["changes"]) for line in lines[1:]] == [
        (new, {"attending": "yes"}),
        (old[0], {"attending": "no"}),
    ]


def test_the_first_note_freezes_it(clinic: Clinic, evening: dict[str, Any]) -> None:
    coming = book(clinic, evening["id"], at(3)).json["id"]
    draft = {"client_id": clinic.client_id, "template": "soap", "content": SOAP}
    assert clinic.therapist.post(f"/appointments/{coming}/notes", draft).status_code == 201
    before = roster(clinic, coming)
    assert before[1]
    put(clinic, f"/groups/{evening['id']}/members/{clinic.client()}", {})
    delete(clinic, f"/groups/{evening['id']}/members/{before[0][0]}", {})
    assert roster(clinic, coming) == before


def test_who_called_off_stays_on_record(clinic: Clinic, evening: dict[str, Any]) -> None:
    coming = book(clinic, evening["id"], at(3)).json["id"]
    body = {"status": "late_cancelled", "client_id": clinic.client_id}
    assert clinic.desk.post(f"/appointments/{coming}/status", body).status_code == 200
    delete(clinic, f"/groups/{evening['id']}/members/{clinic.client_id}", {})
    assert clinic.client_id in roster(clinic, coming)[0]


def test_who_is_busy_does_not_join_and_nothing_changes(clinic: Clinic, evening: dict[str, Any]) -> None:
    coming, busy = book(clinic, evening["id"], at(3)).json["id"], clinic.client()
    colleague = clinic.staff("therapist")
    body = clinic.booking(at(3), client_ids=[busy], case_id=None, staff_id=str(colleague.staff_id))
    in_the_way = clinic.desk.post("/appointments", body).json["id"]
    refused = put(clinic, f"/groups/{evening['id']}/members/{busy}", {})
    assert code(refused) == (409, "conflict")
    assert [(each["code"], each["value"]) for each in refused.json["errors"]] == [("client_busy", in_the_way)]
    assert busy not in roster(clinic, coming)[0]
    assert clinic.desk.get(f"/groups/{evening['id']}").json["version"] == evening["version"]


def test_what_is_no_session_is_refused(clinic: Clinic, evening: dict[str, Any]) -> None:
    assert code(book(clinic, evening["id"], f"{today() - timedelta(days=60)}T09:00")) == (422, "nobody_comes")
    both = clinic.booking(at(3)) | {"group_id": evening["id"]}
    neither = {name: value for name, value in clinic.booking(at(3)).items() if name != "client_ids"}
    for body in (both, neither):
        response = clinic.desk.post("/appointments", body)
        assert (response.status_code, response.json["errors"][0]["field"]) == (422, "client_ids")
    assert code(book(clinic, str(clinic.client_id), at(3))) == (422, "invalid")
    clinic.desk.send("PATCH", f"/groups/{evening['id']}", {"archived": True})
    assert code(book(clinic, evening["id"], at(3))) == (409, "group_archived")


def test_it_moves_only_to_a_day_of_the_same_clients(clinic: Clinic, evening: dict[str, Any]) -> None:
    coming = book(clinic, evening["id"], at(3)).json["id"]
    put(clinic, f"/groups/{evening['id']}/members/{clinic.client()}", {"on": f"{today() + timedelta(days=7)}"})
    move = [clinic.desk.send("PATCH", f"/appointments/{coming}", {"starts_at_local": at(days)}) for days in (10, 4)]
    assert code(move[0]) == (409, "roster_differs") and move[1].status_code == 200


def test_a_leader_who_sees_assigned_clients_only_books_all_and_is_told_of_their_own(clinic: Clinic) -> None:
    leader, other = clinic.staff("therapist", grants=("assigned_only",)), clinic.client()
    clinic.assign(clinic.client_id, leader)
    made = group(clinic, clinic.client_id, other, staff=[str(leader.staff_id)])
    body = {name: value for name, value in clinic.booking(at(3)).items() if name not in ("client_ids", "case_id")}
    booked = leader.post("/appointments", {**body, "group_id": made["id"], "staff_id": str(leader.staff_id)})
    assert booked.status_code == 201, booked.text
    assert (booked.json["client_ids"], booked.json["warnings"]) == ([clinic.client_id], [])
    assert other in roster(clinic, booked.json["id"])[0]
    elsewhere = group(clinic, clinic.client_id)
    assert code(leader.post("/appointments", {**body, "group_id": elsewhere["id"]})) == (403, "colleagues_group")
    hidden = group(clinic, other)
    assert code(leader.post("/appointments", {**body, "group_id": hidden["id"]})) == (422, "invalid")
