"""Somebody's open work with one client is listed, and goes to a colleague as far as it can be moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_hand_over import changed, in_days
from shared.testing.web import ServiceClient


def work(asker: ServiceClient, staff: ServiceClient, client_id: str) -> dict[str, Any]:
    response = asker.get(f"/staff/{staff.staff_id}/open-work", client_id=client_id)
    assert response.status_code == 200, response.text
    return dict(response.json)


def hand_over(clinic: Clinic, successor: ServiceClient, by: ServiceClient | None = None, **more: Any) -> Any:
    body = {"client_id": clinic.client_id, "to_staff_id": str(successor.staff_id), **more}
    return (by or clinic.administrator).post(f"/staff/{clinic.therapist.staff_id}/hand-over-client", body)


def counts(found: dict[str, Any]) -> tuple[int, ...]:
    kinds = ("appointments", "drafts", "to_review", "plans_due")
    return (found["clients"], found["cases"], *(found[kind]["count"] for kind in kinds))


def test_only_what_is_open_with_this_client_is_listed(clinic: Clinic) -> None:
    other = clinic.client(clinic.therapist)
    clinic.open_case(clinic.therapist, other)
    clinic.book(in_days(5, 8), client_ids=[other])
    group = clinic.book(in_days(5, 10), client_ids=[clinic.client_id, other])
    clinic.book("2026-03-02T10:00")
    draft = clinic.note(clinic.book("2026-03-03T10:00")["id"])
    found = work(clinic.administrator, clinic.therapist, clinic.client_id)
    assert counts(found) == (1, 1, 1, 1, 0, 0)
    assert [(item["id"], item["client_count"]) for item in found["appointments"]["items"]] == [(group["id"], 2)]
    assert [(item["id"], item["author_id"]) for item in found["drafts"]["items"]] == [
        (draft["id"], str(clinic.therapist.staff_id))
    ]
    assert found["supervised"] == {"count": 0, "items": []}


def test_all_of_it_moves_and_authorship_stays_honest(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    coming = [clinic.book(in_days(5, 10)), clinic.book(in_days(6, 10))]
    signed = clinic.note(clinic.book("2026-03-02T10:00")["id"])
    clinic.therapist.post(f"/notes/{signed['id']}/sign")
    draft = clinic.note(clinic.book("2026-03-03T10:00")["id"])
    response = hand_over(clinic, successor)
    assert response.status_code == 200, response.text
    moved = response.json
    assert (moved["appointments"], moved["drafts"], moved["cases"], moved["refused"]) == (
        [appointment["id"] for appointment in coming],
        [draft["id"]],
        [clinic.case_id],
        [],
    )
    assert counts(moved["left"]) == (1, 1, 0, 0, 0, 0)
    taken = successor.get(f"/notes/{draft['id']}").json
    assert (taken["author_id"], taken["drafted_by"]) == (str(successor.staff_id), str(clinic.therapist.staff_id))
    assert successor.get(f"/notes/{signed['id']}").json["author_id"] == str(clinic.therapist.staff_id)
    rows = clinic.database.rows(
        "SELECT action, object_id, client_ids, details->>'after' FROM audit_entries"
        " WHERE action IN ('hand_over_draft', 'hand_over_appointment') AND organization_id = %s ORDER BY id",
        str(clinic.organization_id),
    )
    assert [(action, str(what)) for action, what, *_ in rows] == [
        ("hand_over_draft", draft["id"]),
        *(("hand_over_appointment", appointment["id"]) for appointment in coming),
    ]
    assert {(tuple(map(str, clients)), after) for *_, clients, after in rows} == {
        ((clinic.client_id,), str(successor.staff_id))
    }
    again = hand_over(clinic, successor).json
    assert (again["appointments"], again["drafts"], again["cases"], again["refused"]) == ([], [], [], [])


def test_each_refusal_is_told_and_the_rest_moves(clinic: Clinic) -> None:
    successor, other = clinic.staff("therapist"), clinic.client(clinic.therapist)
    free, busy = clinic.book(in_days(5, 10)), clinic.book(in_days(5, 14))
    group = clinic.book(in_days(5, 16), client_ids=[clinic.client_id, other])
    begun = clinic.book(in_days(7, 10))
    clinic.note(begun["id"])
    clinic.book(in_days(5, 14), staff_id=str(successor.staff_id), client_ids=[clinic.client(successor)])
    foreign = clinic.book(in_days(8, 10), client_ids=[other])
    ids = [appointment["id"] for appointment in (free, busy, group, begun, foreign)]
    moved = hand_over(clinic, successor, appointments=ids, drafts=[]).json
    assert moved["appointments"] == [free["id"]]
    assert [(item["kind"], item["id"], item["code"]) for item in moved["refused"]] == [
        ("appointment", busy["id"], "conflict"),
        ("appointment", group["id"], "shared_appointment"),
        ("appointment", begun["id"], "note_begun"),
        ("appointment", foreign["id"], "not_found"),
    ]
    assert moved["left"]["appointments"]["count"] == 3
    denied = clinic.database.rows(
        "SELECT actor_id, action, object_id::text, rule FROM audit_entries"
        " WHERE organization_id = %s AND outcome = 'denied'",
        clinic.organization_id,
    )
    assert denied == [(clinic.administrator.staff_id, "hand_over_appointment", foreign["id"], "not_found")]


def test_a_draft_goes_only_to_who_can_finish_it(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    draft = clinic.note(clinic.book("2026-03-03T10:00")["id"])
    moved = hand_over(clinic, successor, cases=False).json
    assert [(item["id"], item["code"]) for item in moved["refused"]] == [(draft["id"], "cannot_finish")]
    assert clinic.therapist.get(f"/notes/{draft['id']}").json["author_id"] == str(clinic.therapist.staff_id)


def test_a_submitted_note_stays_its_authors(clinic: Clinic) -> None:
    supervisor, successor = clinic.staff("therapist"), clinic.staff("therapist")
    draft = clinic.note(clinic.book("2026-03-03T10:00")["id"])
    supervised = {"supervisor_id": supervisor.staff_id, "supervision_mode": "co_sign"}
    clinic.emit(replace(changed(clinic, clinic.therapist, 2, "default", "therapist"), **supervised))
    assert clinic.therapist.post(f"/notes/{draft['id']}/submit").status_code == 200
    assert work(clinic.administrator, supervisor, clinic.client_id)["to_review"]["count"] == 1
    assert [item["code"] for item in hand_over(clinic, successor).json["refused"]] == ["note_submitted"]


@pytest.mark.usefixtures("no_waiting")
def test_who_may_ask(clinic: Clinic) -> None:
    successor, path = clinic.staff("therapist"), f"/staff/{clinic.therapist.staff_id}/open-work"
    draft, coming = clinic.note(clinic.book("2026-03-03T10:00")["id"]), clinic.book(in_days(5, 10))
    for asker in (clinic.desk, clinic.therapist):
        assert asker.get(path, client_id=clinic.client_id).status_code == 403
        assert hand_over(clinic, successor, asker).status_code == 403
    assigner = clinic.staff("default", grants=("staff_assign",))
    assert assigner.get(path).status_code == 403, "all of somebody's work is for those who change staff"
    found = work(assigner, clinic.therapist, clinic.client_id)
    assert (found["drafts"], found["appointments"]["count"]) == ({"count": 1, "items": []}, 1)
    assert hand_over(clinic, successor, assigner, drafts=[draft["id"]]).json["code"] == "forbidden"
    moved = hand_over(clinic, successor, assigner).json
    assert (moved["appointments"], moved["drafts"], moved["cases"]) == ([coming["id"]], [], [])
    narrowed = clinic.staff("therapist", grants=("assigned_only", "staff_assign"))
    assert narrowed.get(path, client_id=clinic.client_id).status_code == 404
    assert hand_over(clinic, successor, narrowed).status_code == 404


@pytest.mark.usefixtures("no_waiting")
def test_to_whom_nothing_goes(clinic: Clinic) -> None:
    clinic.book(in_days(5, 10))
    gone = clinic.staff("therapist", active=False)
    for somebody, code in ((clinic.therapist, "same"), (clinic.desk, "cannot_document"), (gone, "cannot_document")):
        response = hand_over(clinic, somebody)
        assert (response.status_code, response.json["errors"][0]["code"]) == (422, code)
        assert response.json["errors"][0]["field"] == "to_staff_id"
    stranger = Clinic(clinic.web, clinic.database, clinic.worker)
    assert hand_over(clinic, stranger.therapist).status_code == 422
    assert hand_over(clinic, clinic.staff("therapist"), stranger.administrator).status_code == 404
