"""Documentation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from tests.browser.visits.ways import Way, at
from tests.practice import SOAP, Practice

OBJECTIVE = {
    "description": "Sleeps through the night.",
    "measure": "Hours in the sleep log.",
    "target_on": "2026-06-01",
    "interventions": [{"description": "Cognitive behavioral therapy", "frequency": "weekly"}],
}
PROBLEM = {
    "description": "Worries most of the day.",
    "goals": [{"description": "Feel calm on most days.", "objectives": [OBJECTIVE]}],
}


def note_of(practice: Practice) -> str:
    """A signed note of the owner's; made where there is none."""
    return _note(practice, "notes of visits", "2025-07-02T05:05", signed=True)


def draft_of(practice: Practice) -> str:
    """A draft of the owner's."""
    return _note(practice, "drafts of visits", "2025-07-03T05:05", signed=False)


@cache  # one for each practice, however often its page is looked at
def _note(practice: Practice, name: str, start: str, *, signed: bool) -> str:
    owner, staff_id = practice.owner, practice.staff_ids["owner"]
    licence = {"number": "L-2", "state": "NY", "expires_on": "2035-12-31"}
    owner.call("POST", f"/staff/{staff_id}/licences", json=licence)
    new = {"given_name": "Nora", "family_name": name, "date_of_birth": "1990-01-02"}
    client_id = owner.post("/clients", new)["id"]
    owner.put(f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}")
    case = {"client_id": client_id, "name": "Individual", "staff_ids": [practice.staff_ids["therapist"]]}
    owner.post("/cases", case)
    appointment_id = practice.book(client_id, start, "owner")
    body = {"client_id": client_id, "template": "soap", "content": SOAP, "minutes": 55}
    note_id = owner.post(f"/appointments/{appointment_id}/notes", body)["id"]
    if signed:
        owner.post(f"/notes/{note_id}/sign", expect=200)
    return f"/notes/{note_id}"


def client_with_a_plan(practice: Practice) -> str:
    """The id of a client of the owner's with a diagnosis and a draft plan."""
    note_id = draft_of(practice).rpartition("/")[2]
    note = practice.owner.get(f"/notes/{note_id}")
    if not practice.owner.get(f"/cases/{note['case_id']}/treatment-plans")["items"]:
        plan = {"effective_from": "2026-02-01", "review_on": "2027-02-01", "problems": [PROBLEM]}
        practice.owner.post(f"/cases/{note['case_id']}/treatment-plans", plan)
        diagnosis = {"code": "F41.1", "rank": 1, "effective_from": "2025-01-01"}
        practice.owner.post(f"/cases/{note['case_id']}/diagnoses", diagnosis)
    return str(note["client_id"])


@cache
def changed_plan_of(practice: Practice) -> str:
    """What the second signed plan of a case changed of the first."""
    note = practice.owner.get(f"{note_of(practice)}")
    plans = f"/cases/{note['case_id']}/treatment-plans"
    rewritten = {**PROBLEM, "description": "Worries at night.", "goals": [*PROBLEM["goals"], {"description": "Drive."}]}
    for begins, problem in (("2025-07-01", PROBLEM), ("2025-12-01", rewritten)):
        plan = practice.owner.post(plans, {"effective_from": begins, "problems": [problem]})
        practice.owner.post(f"/treatment-plans/{plan['id']}/sign", expect=200)
    return f"/clients/{note['client_id']}/plan/{plan['id']}/changes"


def within(before: str, after: str) -> Way:
    """A page of the client with a plan."""
    return lambda practice: f"{before}{client_with_a_plan(practice)}{after}"


DOCUMENTATION: Final[Mapping[str, Way]] = {
    "GET /notes": at("/notes"),
    "GET /notes/all": lambda practice: note_of(practice) and "/notes/all",
    "GET /notes/{note_id}": draft_of,
    "GET /notes/{note_id}/amend": lambda practice: f"{note_of(practice)}/amend",
    "GET /clients/{client_id}/cases": within("/clients/", "/cases"),
    "GET /clients/{client_id}/plan": within("/clients/", "/plan"),
    "GET /clients/{client_id}/plan/{plan_id}/changes": changed_plan_of,
    "GET /intake/{client_id}": within("/intake/", ""),
    "GET /intake/{client_id}/diagnosis": within("/intake/", "/diagnosis"),
    "GET /intake/{client_id}/plan": within("/intake/", "/plan"),
    "GET /intake/{client_id}/review": within("/intake/", "/review"),
}
# Parts of pages, which the pages themselves ask for.
PARTS: Final = frozenset({"GET /notes/{note_id}/invoice"})
