"""A closed case takes nothing new; what was begun in it is finished."""

from __future__ import annotations

from typing import Any

import pytest

from services.clinical.app import ROUTES
from services.clinical.tests.conftest import SOAP, Clinic


def close(clinic: Clinic) -> None:
    assert clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "closed"}).status_code == 200


def refused(response: Any) -> None:
    assert (response.status_code, response.json["code"]) == (409, "case_closed"), response.text


def test_nothing_new_comes_into_a_closed_case(clinic: Clinic) -> None:
    """Every route that makes something in a case, or puts somebody on it."""
    colleague = clinic.staff("therapist")
    close(clinic)
    of_a_case = [route for route in ROUTES if "/cases/{case_id}/" in route.path and not route.reads]
    new = [route for route in of_a_case if route.method in ("POST", "PUT")]
    assert len(new) >= 3
    for route in new:
        path = route.path.removeprefix("/api/v1").format(case_id=clinic.case_id, staff_id=colleague.staff_id)
        refused(clinic.administrator.send(route.method, path, route.example))
    assert clinic.administrator.get(f"/cases/{clinic.case_id}").json["staff_ids"] == [str(clinic.therapist.staff_id)]


@pytest.mark.abuse("A-MONEY-closed-case")
def test_no_note_is_begun_in_a_closed_case_until_it_is_opened_again(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T10:00")
    close(clinic)
    body = {"client_id": clinic.client_id, "template": "soap", "content": SOAP}
    refused(clinic.therapist.post(f"/appointments/{booked['id']}/notes", body))
    assert clinic.desk.get(f"/appointments/{booked['id']}").json["status"] == "booked"
    clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "open"})
    assert clinic.note(booked["id"])


def test_what_was_begun_is_finished(clinic: Clinic) -> None:
    case = f"/cases/{clinic.case_id}"
    diagnosis = clinic.therapist.post(f"{case}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-10-01"})
    draft = f"/notes/{clinic.note(clinic.book('2026-10-06T10:00')['id'])['id']}"
    signed = f"/notes/{clinic.note(clinic.book('2026-10-07T10:00')['id'])['id']}"
    clinic.therapist.post(f"{signed}/sign")
    problems = [{"description": "w", "goals": [{"description": "g", "objectives": [{"description": "o"}]}]}]
    plan = clinic.therapist.post(f"{case}/treatment-plans", {"effective_from": "2026-10-01", "problems": problems})
    close(clinic)
    for response in (
        clinic.therapist.patch(draft, {"minutes": 50}),
        clinic.therapist.post(f"{draft}/sign"),
        clinic.therapist.post(f"{signed}/addenda", {"text": "Added."}),
        clinic.therapist.post(f"{signed}/amendments", {"reason": "stop time", "minutes": 45}),
        clinic.therapist.post(f"{signed}/reopen", {"reason": "The plan."}),
        clinic.therapist.patch(f"{case}/diagnoses/{diagnosis.json['id']}", {"effective_to": "2026-10-31"}),
        clinic.therapist.post(f"/treatment-plans/{plan.json['id']}/sign"),
        clinic.administrator.put(f"{case}/staff/{clinic.therapist.staff_id}"),
    ):
        assert response.status_code in (200, 201), response.text
    # The plan covers both sessions, so billing is told of each once more when it is signed.
    assert [data["minutes"] for (data,) in clinic.documented()] == [55, 50, 45, 50, 45]
