"""Where several clients come to an appointment, each has a status of their own, and what follows from it is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic
from shared import clock

PAST = "2026-10-06T10:00"
COMING = f"{clock.now() + timedelta(days=100):%Y-%m-%d}T09:00"


@pytest.fixture
def three(clinic: Clinic) -> list[str]:
    """Clients of the therapist, in no order."""
    clients = [clinic.client_id, clinic.client(clinic.therapist), clinic.client(clinic.therapist)]
    for client_id in clients[1:]:
        clinic.open_case(clinic.therapist, client_id)
    return clients


def booked(clinic: Clinic, clients: list[str], when: str = PAST) -> str:
    response = clinic.desk.post("/appointments", clinic.booking(when, client_ids=clients, case_id=None))
    assert response.status_code == 201, response.text
    return str(response.json["id"])


def put(clinic: Clinic, appointment: str, status: str, client_id: str | None = None, **more: Any) -> Any:
    body = {"status": status, "client_id": client_id, **more}
    return clinic.desk.post(f"/appointments/{appointment}/status", body)


def stands(clinic: Clinic, appointment: str) -> tuple[str, dict[str, str]]:
    roster = clinic.desk.get(f"/appointments/{appointment}/roster").json
    shown = clinic.desk.get(f"/appointments/{appointment}").json
    assert shown["status"] == roster["status"]
    return roster["status"], {member["client_id"]: member["status"] for member in roster["members"]}


def test_each_has_a_status_and_the_appointments_follows(clinic: Clinic, three: list[str]) -> None:
    one, two, other = three
    group = booked(clinic, three)
    assert put(clinic, group, "arrived", one).status_code == 200
    assert stands(clinic, group) == ("arrived", {one: "arrived", two: "booked", other: "booked"})
    put(clinic, group, "no_show", two)
    put(clinic, group, "no_show", one)  # a mistake is corrected
    assert stands(clinic, group) == ("booked", {one: "no_show", two: "no_show", other: "booked"})
    put(clinic, group, "late_cancelled", other)
    assert stands(clinic, group) == ("no_show", {one: "no_show", two: "no_show", other: "late_cancelled"})


def test_all_at_once_leaves_those_who_stayed_away(clinic: Clinic, three: list[str]) -> None:
    one, two, other = three
    group = booked(clinic, three)
    put(clinic, group, "no_show", one)
    put(clinic, group, "arrived", two)
    assert put(clinic, group, "arrived").status_code == 200
    assert stands(clinic, group) == ("arrived", {one: "no_show", two: "arrived", other: "arrived"})
    before = clinic.desk.get(f"/appointments/{group}").json
    assert put(clinic, group, "arrived").json == before


def test_who_stayed_away_is_not_asked_for_a_note(clinic: Clinic, three: list[str]) -> None:
    one, two, other = three
    group = booked(clinic, three)
    put(clinic, group, "no_show", one)
    waits = [item["client_id"] for item in clinic.therapist.get("/worklist", kind="no_note").json["items"]]
    assert set(waits) == {two, other}
    refused = clinic.therapist.post(
        f"/appointments/{group}/notes", {"client_id": one, "template": "soap", "content": SOAP}
    )
    assert (refused.status_code, refused.json["code"]) == (409, "not_attended")
    for client_id in (two, other):
        assert not clinic.desk.get(f"/appointments/{group}").json["documented"]
        note = clinic.therapist.post(
            f"/appointments/{group}/notes", {"client_id": client_id, "template": "soap", "content": SOAP}
        )
        assert note.status_code == 201, note.text
        assert clinic.therapist.post(f"/notes/{note.json['id']}/sign", {}).status_code == 200
    assert clinic.desk.get(f"/appointments/{group}").json["documented"]
    assert stands(clinic, group) == ("arrived", {one: "no_show", two: "arrived", other: "arrived"})


def test_a_note_about_one_says_nothing_of_the_others(clinic: Clinic, three: list[str]) -> None:
    one, two, other = three
    group = booked(clinic, three)
    note = clinic.therapist.post(
        f"/appointments/{group}/notes", {"client_id": one, "template": "soap", "content": SOAP}
    ).json
    assert stands(clinic, group) == ("arrived", {one: "arrived", two: "booked", other: "booked"})
    clinic.therapist.post(f"/notes/{note['id']}/sign", {})
    assert put(clinic, group, "no_show", one).json["code"] == "documented"
    assert put(clinic, group, "no_show").json["code"] == "documented"
    assert put(clinic, group, "no_show", two).status_code == 200
    assert put(clinic, group, "arrived").status_code == 200
    assert stands(clinic, group) == ("arrived", {one: "arrived", two: "no_show", other: "arrived"})
    members = {
        each["client_id"]: each for each in clinic.therapist.get(f"/appointments/{group}/roster").json["members"]
    }
    assert {each: (row["documented"], row["note_id"]) for each, row in members.items()} == {
        one: (True, note["id"]),
        two: (False, None),
        other: (False, None),
    }
    assert all(row["note_id"] is None for row in clinic.desk.get(f"/appointments/{group}/roster").json["members"])


def test_last_visit_and_own_list_follow_the_own_status(clinic: Clinic, three: list[str]) -> None:
    one, two, _ = three
    group = booked(clinic, three)
    put(clinic, group, "arrived")
    put(clinic, group, "no_show", one)
    seen = clinic.desk.post("/appointments/lookup", {"client_ids": [one, two]}).json["items"]
    assert [bool(item["last_visit"]) for item in seen] == [False, True]
    assert clinic.desk.get(f"/clients/{one}/appointments").json["items"][0]["status"] == "no_show"
    assert clinic.desk.get(f"/clients/{two}/appointments").json["items"][0]["status"] == "arrived"
    kept = clinic.database.rows("SELECT id::text FROM client_copies WHERE last_visit_at > '2000-01-01'")
    assert {str(row[0]) for row in kept} & set(three) == {two, three[2]}


def test_who_called_off_has_their_time_and_comes_back_only_where_it_is_free(clinic: Clinic, three: list[str]) -> None:
    one, two, other = three
    group = booked(clinic, three, COMING)
    put(clinic, group, "cancelled", one)
    colleague = clinic.staff("therapist")
    alone = clinic.booking(COMING, client_ids=[one], case_id=None, staff_id=str(colleague.staff_id))
    assert clinic.desk.post("/appointments", alone).status_code == 201
    refused = put(clinic, group, "booked", one)
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert stands(clinic, group)[1][one] == "cancelled"
    for client_id in (two, other):
        put(clinic, group, "cancelled", client_id)
    assert stands(clinic, group)[0] == "cancelled"
    assert clinic.desk.post("/appointments", clinic.booking(COMING, client_ids=[two], case_id=None)).status_code == 201
    # Nobody is left, so the clinician's time was free too.
    assert put(clinic, group, "booked", other).json["code"] == "conflict"
    assert stands(clinic, group)[0] == "cancelled"


def test_the_history_says_whose(clinic: Clinic, three: list[str]) -> None:
    one, two, _ = three
    group = booked(clinic, three)
    put(clinic, group, "no_show", one, reason="Nobody at the door.")
    for _ in range(2):
        put(clinic, group, "no_show", one, reason="Was ill.")
    put(clinic, group, "arrived", two)
    lines = clinic.desk.get(f"/appointments/{group}/history").json["items"]
    assert [(line["status"], line["client_id"], line["reason"]) for line in lines] == [
        ("booked", None, None),
        ("no_show", one, "Nobody at the door."),
        ("no_show", one, "Was ill."),
        ("arrived", two, None),
    ]


def test_who_sees_assigned_clients_only_learns_of_nobody_else(clinic: Clinic, three: list[str]) -> None:
    one, two, other = three
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(one, narrowed)
    group = booked(clinic, three)
    put(clinic, group, "no_show", two, reason="Nobody at the door.")
    assert {line["client_id"] for line in narrowed.get(f"/appointments/{group}/history").json["items"]} == {None}
    members = narrowed.get(f"/appointments/{group}/roster").json["members"]
    assert [member["client_id"] for member in members] == [one]
    own = clinic.booking("2026-10-07T10:00", client_ids=[one, other], case_id=None, staff_id=str(narrowed.staff_id))
    own_id = clinic.desk.post("/appointments", own).json["id"]
    replies = [
        narrowed.post(f"/appointments/{own_id}/status", {"status": "no_show", "client_id": client_id})
        for client_id in (other, two)
    ]
    assert [reply.status_code for reply in replies] == [422, 422]
    assert replies[0].json["errors"] == replies[1].json["errors"]
    stranger = narrowed.post(f"/appointments/{group}/status", {"status": "no_show", "client_id": one})
    assert (stranger.status_code, stranger.json["code"]) == (403, "colleagues_appointment")


def test_of_one_client_the_own_status_is_the_appointments(clinic: Clinic) -> None:
    alone = clinic.book(PAST)["id"]
    assert put(clinic, alone, "no_show", clinic.client_id, reason="Ill.").json["status_reason"] == "Ill."
    assert stands(clinic, alone) == ("no_show", {clinic.client_id: "no_show"})
    assert put(clinic, alone, "arrived", clinic.client()).status_code == 422
