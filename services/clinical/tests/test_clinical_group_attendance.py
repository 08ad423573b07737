"""Where several clients come to an appointment, each has a status of their own, and what follows from it is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.clinical.tests.conftest import SOAP, Clinic
from shared import clock
from shared.ids import new_id

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
    ada, ben, cleo = three
    group = booked(clinic, three)
    assert put(clinic, group, "arrived", ada).status_code == 200
    assert stands(clinic, group) == ("arrived", {ada: "arrived", ben: "booked", cleo: "booked"})
    put(clinic, group, "no_show", ben)
    put(clinic, group, "no_show", ada)  # a mistake is corrected
    assert stands(clinic, group) == ("booked", {ada: "no_show", ben: "no_show", cleo: "booked"})
    put(clinic, group, "late_cancelled", cleo)
    assert stands(clinic, group) == ("no_show", {ada: "no_show", ben: "no_show", cleo: "late_cancelled"})


def test_all_at_once_leaves_those_who_stayed_away(clinic: Clinic, three: list[str]) -> None:
    ada, ben, cleo = three
    group = booked(clinic, three)
    put(clinic, group, "no_show", ada)
    put(clinic, group, "arrived", ben)
    assert put(clinic, group, "arrived").status_code == 200
    assert stands(clinic, group) == ("arrived", {ada: "no_show", ben: "arrived", cleo: "arrived"})
    before = clinic.desk.get(f"/appointments/{group}").json
    assert put(clinic, group, "arrived").json == before


def test_who_stayed_away_is_not_asked_for_a_note(clinic: Clinic, three: list[str]) -> None:
    ada, ben, cleo = three
    group = booked(clinic, three)
    put(clinic, group, "no_show", ada)
    waits = [item["client_id"] for item in clinic.therapist.get("/worklist", kind="no_note").json["items"]]
    assert set(waits) == {ben, cleo}
    refused = clinic.therapist.post(
        f"/appointments/{group}/notes", {"client_id": ada, "template": "soap", "content": SOAP}
    )
    assert (refused.status_code, refused.json["code"]) == (409, "not_attended")
    for client_id in (ben, cleo):
        assert not clinic.desk.get(f"/appointments/{group}").json["documented"]
        note = clinic.therapist.post(
            f"/appointments/{group}/notes", {"client_id": client_id, "template": "soap", "content": SOAP}
        )
        assert note.status_code == 201, note.text
        assert clinic.therapist.post(f"/notes/{note.json['id']}/sign", {}).status_code == 200
    assert clinic.desk.get(f"/appointments/{group}").json["documented"]
    assert stands(clinic, group) == ("arrived", {ada: "no_show", ben: "arrived", cleo: "arrived"})


def test_a_note_about_one_says_nothing_of_the_others(clinic: Clinic, three: list[str]) -> None:
    ada, ben, cleo = three
    group = booked(clinic, three)
    note = clinic.therapist.post(
        f"/appointments/{group}/notes", {"client_id": ada, "template": "soap", "content": SOAP}
    ).json
    assert stands(clinic, group) == ("arrived", {ada: "arrived", ben: "booked", cleo: "booked"})
    clinic.therapist.post(f"/notes/{note['id']}/sign", {})
    assert put(clinic, group, "no_show", ada).json["code"] == "documented"
    assert put(clinic, group, "no_show").json["code"] == "documented"
    assert put(clinic, group, "no_show", ben).status_code == 200
    assert put(clinic, group, "arrived").status_code == 200
    assert stands(clinic, group) == ("arrived", {ada: "arrived", ben: "no_show", cleo: "arrived"})
    members = {
        each["client_id"]: each for each in clinic.therapist.get(f"/appointments/{group}/roster").json["members"]
    }
    assert {each: (row["documented"], row["note_id"]) for each, row in members.items()} == {
        ada: (True, note["id"]),
        ben: (False, None),
        cleo: (False, None),
    }
    assert all(row["note_id"] is None for row in clinic.desk.get(f"/appointments/{group}/roster").json["members"])


def test_last_visit_and_own_list_follow_the_own_status(clinic: Clinic, three: list[str]) -> None:
    ada, ben, _ = three
    group = booked(clinic, three)
    put(clinic, group, "arrived")
    put(clinic, group, "no_show", ada)
    seen = clinic.desk.post("/appointments/lookup", {"client_ids": [ada, ben]}).json["items"]
    assert [bool(item["last_visit"]) for item in seen] == [False, True]
    assert clinic.desk.get(f"/clients/{ada}/appointments").json["items"][0]["status"] == "no_show"
    assert clinic.desk.get(f"/clients/{ben}/appointments").json["items"][0]["status"] == "arrived"
    kept = clinic.database.rows("SELECT id::text FROM client_copies WHERE last_visit_at > '2000-01-01'")
    assert {str(row[0]) for row in kept} & set(three) == {ben, three[2]}


def test_who_called_off_has_their_time_and_comes_back_only_where_it_is_free(clinic: Clinic, three: list[str]) -> None:
    ada, ben, cleo = three
    group = booked(clinic, three, COMING)
    put(clinic, group, "cancelled", ada)
    colleague = clinic.staff("therapist")
    alone = clinic.booking(COMING, client_ids=[ada], case_id=None, staff_id=str(colleague.staff_id))
    assert clinic.desk.post("/appointments", alone).status_code == 201
    refused = put(clinic, group, "booked", ada)
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert stands(clinic, group)[1][ada] == "cancelled"
    for client_id in (ben, cleo):
        put(clinic, group, "cancelled", client_id)
    assert stands(clinic, group)[0] == "cancelled"
    assert clinic.desk.post("/appointments", clinic.booking(COMING, client_ids=[ben], case_id=None)).status_code == 201
    # Nobody is left, so the clinician's time was free too.
    assert put(clinic, group, "booked", cleo).json["code"] == "conflict"
    assert stands(clinic, group)[0] == "cancelled"


def test_the_history_says_whose(clinic: Clinic, three: list[str]) -> None:
    ada, ben, _ = three
    group = booked(clinic, three)
    put(clinic, group, "no_show", ada, reason="Nobody at the door.")
    for _ in range(2):
        put(clinic, group, "no_show", ada, reason="Was ill.")
    put(clinic, group, "arrived", ben)
    lines = clinic.desk.get(f"/appointments/{group}/history").json["items"]
    assert [(line["status"], line["client_id"], line["reason"]) for line in lines] == [
        ("booked", None, None),
        ("no_show", ada, "Nobody at the door."),
        ("no_show", ada, "Was ill."),
        ("arrived", ben, None),
    ]


def test_who_sees_assigned_clients_only_learns_of_nobody_else(clinic: Clinic, three: list[str]) -> None:
    ada, ben, cleo = three
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(ada, narrowed)
    group = booked(clinic, three)
    put(clinic, group, "no_show", ben, reason="Nobody at the door.")
    assert {line["client_id"] for line in narrowed.get(f"/appointments/{group}/history").json["items"]} == {None}
    members = narrowed.get(f"/appointments/{group}/roster").json["members"]
    assert [member["client_id"] for member in members] == [ada]
    own = clinic.booking("2026-10-07T10:00", client_ids=[ada, cleo], case_id=None, staff_id=str(narrowed.staff_id))
    own_id = clinic.desk.post("/appointments", own).json["id"]
    replies = [
        narrowed.post(f"/appointments/{own_id}/status", {"status": "no_show", "client_id": client_id})
        for client_id in (cleo, ben)
    ]
    assert [reply.status_code for reply in replies] == [422, 422]
    assert replies[0].json["errors"] == replies[1].json["errors"]
    stranger = narrowed.post(f"/appointments/{group}/status", {"status": "no_show", "client_id": ada})
    assert (stranger.status_code, stranger.json["code"]) == (403, "colleagues_appointment")


def test_of_one_client_the_own_status_is_the_appointments(clinic: Clinic) -> None:
    alone = clinic.book(PAST)["id"]
    assert put(clinic, alone, "no_show", clinic.client_id, reason="Ill.").json["status_reason"] == "Ill."
    assert stands(clinic, alone) == ("no_show", {clinic.client_id: "no_show"})
    assert put(clinic, alone, "arrived", clinic.client()).status_code == 422


@pytest.mark.abuse("A-ROLE-narrowed-roster")
def test_who_sees_assigned_clients_only_learns_of_nobody_else_on_a_session(clinic: Clinic, three: list[str]) -> None:
    """Neither by a status nor by a note: a client who is not shown is answered like one who does not attend."""
    mine, unseen, _ = three
    stranger = clinic.client(clinic.therapist)
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(mine, narrowed)
    path = f"/appointments/{booked(clinic, three)}"
    for what, body in (("status", {"status": "arrived"}), ("notes", {"template": "soap", "content": SOAP})):
        problems = []
        for client_id in (unseen, stranger, str(new_id())):
            response = narrowed.post(f"{path}/{what}", {**body, "client_id": client_id})
            problems.append((response.status_code, response.json["code"], response.json["errors"]))
        assert problems[0][:2] in {(422, "invalid"), (403, "colleagues_appointment")}, what
        assert problems == problems[:1] * 3, what
    denied = clinic.database.rows(
        "SELECT client_ids[1]::text FROM audit_entries WHERE actor_id = %s AND outcome = 'denied' AND rule = 'hidden'"
        " ORDER BY id",
        narrowed.staff_id,
    )
    assert len(denied) == 3 and denied[:2] == [(unseen,), (stranger,)]
