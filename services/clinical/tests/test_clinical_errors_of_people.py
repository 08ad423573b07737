"""Where a person errs, it is undone: kept, with who, when and why, and without effect."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from services.clinical.tests.conftest import Clinic

PROBLEMS = [{"description": "w", "goals": [{"description": "g", "objectives": [{"description": "o"}]}]}]
ERROR = {"entered_in_error": {"reason": "Of another client."}}
WHY = {"reason": "Begun twice."}


def add(clinic: Clinic, code: str, rank: int, first: str = "2026-01-01", last: str | None = None) -> dict[str, Any]:
    body = {"code": code, "rank": rank, "effective_from": first, "effective_to": last}
    response = clinic.therapist.post(f"/cases/{clinic.case_id}/diagnoses", body)
    assert response.status_code == 201, response.text
    return dict(response.json)


def patch(clinic: Clinic, diagnosis: dict[str, Any], changes: dict[str, Any]) -> Any:
    return clinic.therapist.patch(f"/cases/{clinic.case_id}/diagnoses/{diagnosis['id']}", changes)


def listed(clinic: Clinic) -> list[dict[str, Any]]:
    return list(clinic.therapist.get(f"/cases/{clinic.case_id}/diagnoses").json["items"])


def test_a_diagnosis_entered_in_error_is_kept_and_in_force_on_no_day(clinic: Clinic) -> None:
    wrong, right = add(clinic, "F41.1", 1), add(clinic, "F33.1", 2)
    kept = patch(clinic, wrong, ERROR)
    assert kept.status_code == 200, kept.text
    assert kept.json["entered_in_error_reason"] == "Of another client."
    assert kept.json["entered_in_error_by"] == str(clinic.therapist.staff_id)
    assert kept.json["entered_in_error_at"].endswith("Z") and kept.json["version"] == wrong["version"] + 1
    assert [item["entered_in_error_at"] is None for item in listed(clinic)] == [False, True]
    assert patch(clinic, right, {"rank": 1}).status_code == 200, "its rank is free"
    assert add(clinic, "F41.1", 2), "and so is its code"
    note = clinic.note(clinic.book("2026-10-06T10:00")["id"])
    assert clinic.therapist.post(f"/notes/{note['id']}/sign").status_code == 200
    again = next(item for item in listed(clinic) if item["code"] == "F41.1" and item["entered_in_error_at"] is None)
    assert patch(clinic, again, ERROR).status_code == 200
    codes = [data["diagnosis_codes"] for (data,) in clinic.documented()]
    assert codes == [["F33.1", "F41.1"], ["F33.1"]], "billing is told anew of the documented session"
    for changes in ({"rank": 3}, {"effective_to": None}, ERROR, {"swap_with": right["id"]}):
        refused = patch(clinic, wrong, changes)
        assert (refused.status_code, refused.json["code"]) == (409, "entered_in_error")
    assert patch(clinic, right, {"swap_with": wrong["id"]}).json["code"] == "entered_in_error"


def test_two_diagnoses_swap_their_ranks_in_one_request(clinic: Clinic) -> None:
    first, second = add(clinic, "F41.1", 1), add(clinic, "F33.1", 2)
    assert patch(clinic, first, {"rank": 2}).json["errors"][0]["code"] == "rank_taken"
    swapped = patch(clinic, first, {"swap_with": second["id"]})
    assert (swapped.status_code, swapped.json["rank"]) == (200, 2)
    assert [(item["code"], item["rank"], item["version"]) for item in listed(clinic)] == [
        ("F33.1", 1, 2),
        ("F41.1", 2, 2),
    ]


def test_a_swap_gives_no_rank_twice_on_any_day(clinic: Clinic) -> None:
    long, short = add(clinic, "F41.1", 1), add(clinic, "F33.1", 2, "2026-02-01", "2026-02-28")
    add(clinic, "F43.10", 2, "2026-03-01", "2026-03-31")
    refused = patch(clinic, long, {"swap_with": short["id"]})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "rank_taken")
    assert next((item["code"], item["rank"]) for item in listed(clinic)) == ("F41.1", 1)


def test_a_swap_is_within_the_case_and_goes_alone(clinic: Clinic) -> None:
    mine = add(clinic, "F41.1", 1)
    elsewhere = clinic.open_case(clinic.therapist, clinic.client_id)
    body = {"code": "F33.1", "rank": 2, "effective_from": "2026-01-01"}
    other = clinic.therapist.post(f"/cases/{elsewhere}/diagnoses", body).json
    for diagnosis_id in (other["id"], clinic.client_id):
        assert patch(clinic, mine, {"swap_with": diagnosis_id}).json["errors"][0]["code"] == "unknown"
    for more in ({"rank": 2}, {"effective_to": None}):
        assert patch(clinic, mine, {**ERROR, **more}).json["errors"][0]["field"] == "entered_in_error"
        assert patch(clinic, mine, {"swap_with": other["id"], **more}).json["errors"][0]["field"] == "swap_with"


def plan(clinic: Clinic) -> dict[str, Any]:
    body = {"effective_from": "2026-01-01", "problems": PROBLEMS}
    response = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", body)
    assert response.status_code == 201, response.text
    return dict(response.json)


def test_a_draft_plan_is_changed_until_it_is_signed(clinic: Clinic) -> None:
    path = f"/treatment-plans/{plan(clinic)['id']}"
    other = [{**PROBLEMS[0], "description": "Sleeps badly."}]
    changes = {"effective_from": "2026-02-01", "review_on": "2026-03-01", "problems": other}
    changed = clinic.therapist.patch(path, changes).json
    assert (changed["effective_from"], changed["review_on"], changed["version"]) == ("2026-02-01", "2026-03-01", 2)
    assert changed["problems"][0]["description"] == "Sleeps badly."
    assert clinic.therapist.get(path).json == changed
    assert clinic.therapist.patch(path, changes).json == changed
    assert clinic.therapist.patch(path, {"review_on": "2026-01-31"}).json["errors"][0]["field"] == "review_on"
    assert clinic.therapist.patch(path, {"problems": []}).status_code == 422
    assert clinic.staff("therapist").patch(path, changes).status_code == 404
    assert clinic.therapist.post(f"{path}/sign").status_code == 200
    for refused in (
        clinic.therapist.patch(path, {"review_on": "2026-04-01"}),
        clinic.therapist.post(f"{path}/discard", WHY),
    ):
        assert (refused.status_code, refused.json["code"]) == (409, "plan_signed")


def test_a_draft_plan_that_nobody_needs_is_kept_and_never_in_force(clinic: Clinic) -> None:
    drafted = plan(clinic)
    path = f"/treatment-plans/{drafted['id']}"
    gone = clinic.therapist.post(f"{path}/discard", WHY).json
    assert (gone["status"], gone["discard_reason"]) == ("discarded", WHY["reason"])
    assert gone["discarded_by"] == str(clinic.therapist.staff_id) and gone["problems"] == drafted["problems"]
    assert clinic.therapist.get(f"/cases/{clinic.case_id}/treatment-plans").json["items"] == [gone]
    for refused in (
        clinic.therapist.patch(path, {"review_on": "2026-04-01"}),
        clinic.therapist.post(f"{path}/sign"),
        clinic.therapist.post(f"{path}/discard", WHY),
    ):
        assert (refused.status_code, refused.json["code"]) == (409, "plan_discarded")
    with pytest.raises(psycopg.errors.RaiseException, match="discarded"):
        clinic.database.rows("UPDATE treatment_plans SET problems = '[]' WHERE id = %s RETURNING 1", drafted["id"])
