"""Which first steps clinical says are done."""

from __future__ import annotations

from typing import Any

from services.clinical.tests.conftest import Clinic


def steps(clinic: Clinic) -> dict[str, Any]:
    administrator = clinic.web.as_actor("administration", organization_id=clinic.organization_id)
    response = administrator.get("/setup/clinical")
    assert response.status_code == 200, response.text
    assert all((step["count"], step["of"]) == (None, None) for step in response.json["items"])
    return {step["item"]: step["done"] for step in response.json["items"]}


def test_an_intake_is_a_diagnosis_and_a_signed_plan_of_one_case(clinic: Clinic) -> None:
    assert steps(clinic) == {"intake": False, "documentation": False}
    case = f"/cases/{clinic.case_id}"
    diagnosis = clinic.therapist.post(f"{case}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-10-01"})
    problems = [{"description": "w", "goals": [{"description": "g", "objectives": [{"description": "o"}]}]}]
    body = {"effective_from": "2026-10-01", "problems": problems}
    plan = clinic.therapist.post(f"{case}/treatment-plans", body).json["id"]
    assert steps(clinic) == {"intake": False, "documentation": False}, "the plan is a draft"
    signed = clinic.therapist.post(f"/treatment-plans/{plan}/sign")
    assert signed.status_code == 200, signed.text
    assert steps(clinic) == {"intake": True, "documentation": False}
    undone = {"entered_in_error": {"reason": "Another client's."}}
    assert clinic.therapist.patch(f"{case}/diagnoses/{diagnosis.json['id']}", undone).status_code == 200
    assert steps(clinic) == {"intake": False, "documentation": False}, "no diagnosis"


def test_documentation_is_a_signed_note_about_what_took_place(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-05T10:00")
    note = clinic.note(booked["id"])
    assert not steps(clinic)["documentation"]
    assert clinic.desk.post(f"/appointments/{booked['id']}/status", {"status": "arrived"}).status_code == 200
    signed = clinic.therapist.post(f"/notes/{note['id']}/sign")
    assert signed.status_code == 200, signed.text
    assert steps(clinic) == {"intake": False, "documentation": True}


def test_the_first_steps_are_administrations_and_of_one_practice(clinic: Clinic) -> None:
    assert clinic.therapist.get("/setup/clinical").status_code == 403
    assert clinic.desk.get("/setup/clinical").status_code == 403
    elsewhere = clinic.web.as_actor("administration").get("/setup/clinical")
    assert [step["done"] for step in elsewhere.json["items"]] == [False, False]
