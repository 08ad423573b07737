"""A note keeps the goals of the plan that it worked on and the risk; the sessions of each goal are counted."""

from __future__ import annotations

from typing import Any

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_reopening import WHY, signed

CALM, DRIVE = "Feel calm on most days.", "Drive alone, even over the bridge."
OBJECTIVE = {"description": "Sleeps through the night."}


def plan(clinic: Clinic, begins: str, *goals: str) -> None:
    """A signed plan with these goals."""
    problems = [{"description": "Worry", "goals": [{"description": goal, "objectives": [OBJECTIVE]} for goal in goals]}]
    path = f"/cases/{clinic.case_id}/treatment-plans"
    made = clinic.therapist.post(path, {"effective_from": begins, "problems": problems})
    assert made.status_code == 201, made.text
    assert clinic.therapist.post(f"/treatment-plans/{made.json['id']}/sign").status_code == 200


def goals(clinic: Clinic, **query: str) -> list[dict[str, Any]]:
    response = clinic.therapist.get(f"/cases/{clinic.case_id}/goals", **query)
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def keys(clinic: Clinic, **query: str) -> dict[str, str]:
    return {goal["description"]: goal["key"] for goal in goals(clinic, **query)}


def session(clinic: Clinic, start: str, *ticked: str, sign: bool = True) -> dict[str, Any]:
    """A note with these goals ticked."""
    note = clinic.note(clinic.book(start)["id"])
    by_words = keys(clinic, on=start[:10])
    changed = clinic.therapist.patch(f"/notes/{note['id']}", {"goals": [by_words[goal] for goal in ticked]})
    assert changed.status_code == 200, changed.text
    return dict(clinic.therapist.post(f"/notes/{note['id']}/sign").json if sign else changed.json)


def worded(note: dict[str, Any]) -> list[str]:
    return [goal["description"] for goal in note["goals"]]


def test_each_signed_session_counts_for_the_goals_that_it_worked_on(clinic: Clinic) -> None:
    assert goals(clinic) == [], "there is no plan"
    plan(clinic, "2026-09-01", CALM, DRIVE)
    session(clinic, "2026-10-05T09:00", CALM)
    note = session(clinic, "2026-10-06T09:00", DRIVE, CALM)
    session(clinic, "2026-10-07T09:00", CALM, sign=False)
    assert worded(note) == worded(note["versions"][0]) == [CALM, DRIVE], "in the order of the plan"
    assert [(goal["worked_on"], goal["sessions"]) for goal in goals(clinic)] == [(2, 2), (1, 2)]
    plan(clinic, "2026-10-07", CALM, "Sleep.")
    session(clinic, "2026-10-08T09:00")
    found = {goal["description"]: (goal["since"], goal["worked_on"], goal["sessions"]) for goal in goals(clinic)}
    assert found == {CALM: ("2026-09-01", 2, 3), "Sleep.": ("2026-10-07", 0, 1)}
    assert set(keys(clinic, on="2026-10-06")) == {CALM, DRIVE}, "the plan of that day"
    assert goals(clinic, on="2026-08-31") == []


def test_only_goals_of_the_plan_of_that_day_are_ticked_and_what_was_ticked_may_stay(clinic: Clinic) -> None:
    plan(clinic, "2026-09-01", CALM, DRIVE)
    by_words = keys(clinic)
    path = f"/notes/{session(clinic, '2026-10-06T09:00', DRIVE, sign=False)['id']}"
    plan(clinic, "2026-10-01", CALM)
    kept = clinic.therapist.patch(path, {"goals": [by_words[DRIVE], by_words[CALM]]})
    assert kept.status_code == 200 and set(worded(kept.json)) == {CALM, DRIVE}
    assert clinic.therapist.patch(path, {"goals": [by_words[CALM]]}).status_code == 200
    refused = clinic.therapist.patch(path, {"goals": [by_words[DRIVE]], "minutes": 40})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown")
    now = clinic.therapist.get(path).json
    assert (worded(now), now["minutes"]) == ([CALM], 55), "nothing of a refused change holds"
    for wrong in (["x"], ["0" * 16], [by_words[CALM]] * 51, CALM):
        assert clinic.therapist.patch(path, {"goals": wrong}).status_code == 422, wrong


def test_goals_and_risk_are_signed_and_each_version_has_its_own(clinic: Clinic) -> None:
    plan(clinic, "2026-09-01", CALM, DRIVE)
    by_words = keys(clinic)
    note = session(clinic, "2026-10-06T09:00", CALM, sign=False)
    path = f"/notes/{note['id']}"
    assert note["risk"] is None
    assert clinic.therapist.patch(path, {"risk": "severe"}).status_code == 422
    assert clinic.therapist.patch(path, {"risk": "low"}).json["risk"] == "low"
    first = clinic.therapist.post(f"{path}/sign").json
    assert clinic.therapist.post(f"{path}/amendments", {**WHY, "minutes": 50}).status_code == 201
    assert clinic.therapist.post(f"{path}/reopen", WHY).status_code == 200
    changed = clinic.therapist.patch(path, {"goals": [by_words[DRIVE]], "risk": None})
    assert (worded(changed.json), changed.json["risk"]) == ([DRIVE], None)
    assert clinic.therapist.post(f"{path}/discard", WHY).status_code == 200
    again = clinic.therapist.get(path).json
    assert (worded(again), again["risk"]) == ([CALM], "low"), "as it was signed"
    assert clinic.therapist.post(f"{path}/reopen", WHY).status_code == 200
    assert clinic.therapist.patch(path, {"goals": [by_words[DRIVE]]}).status_code == 200
    versions = clinic.therapist.post(f"{path}/sign").json["versions"]
    assert [(worded(version), version["risk"]) for version in versions] == [([CALM], "low")] * 2 + [([DRIVE], "low")]
    assert versions[0] == first["versions"][0]
    assert len({version["content_hash"] for version in versions}) == 3
    assert [data["minutes"] for (data,) in clinic.documented()] == [55, 50], "goals are no matter of billing"
    assert "goals" not in clinic.documented()[0][0] and CALM not in str(clinic.documented())


def test_a_note_may_be_written_with_its_goals_and_risk_at_once(clinic: Clinic) -> None:
    plan(clinic, "2026-09-01", CALM)
    key = keys(clinic)[CALM]
    note = clinic.note(clinic.book("2026-10-06T09:00")["id"], goals=[key], risk="high")
    assert (worded(note), note["risk"]) == ([CALM], "high")
    body = {"client_id": clinic.client_id, "template": "soap", "content": {}, "goals": ["0" * 16]}
    refused = clinic.therapist.post(f"/appointments/{clinic.book('2026-10-07T09:00')['id']}/notes", body)
    assert refused.status_code == 422 and refused.json["errors"][0]["field"] == "goals"


def test_who_may_not_see_the_case_learns_of_no_goal(clinic: Clinic) -> None:
    plan(clinic, "2026-09-01", CALM)
    assert signed(clinic)["goals"] == []
    path = f"/cases/{clinic.case_id}/goals"
    assert clinic.staff("therapist").get(path).status_code == 404
    assert clinic.staff("default").get(path).status_code == 403
    assert clinic.administrator.get(path).status_code == 200
