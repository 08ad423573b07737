"""Cases, diagnoses, plans and first steps as the overview shows them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.web import text

WORK: Final[Mapping[str, str]] = {
    "draft": "Finish a note",
    "no_note": "Write a note",
    "returned": "Mend a note that was returned",
    "to_approve": "Approve a note",
    "to_cosign": "Co-sign a note",
    "plan_to_sign": "Sign the treatment plan",
    "plan_due": "Review the treatment plan",
}
REVIEW_SOON_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Goal:
    """What the client wants to reach, and how to tell."""

    words: str
    measure: str
    worked_on: int = 0
    sessions: int = 0  # since the goal was named

    @property
    def progress(self) -> str:
        """`9 of 13 sessions`; empty before the first."""
        return f"{self.worked_on} of {text.count(self.sessions, 'session')}" if self.sessions else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan in force, or the draft where none is."""

    goals: Sequence[Goal]
    review: str
    due: bool
    draft: bool


@dataclass(frozen=True, slots=True)
class Cases:
    """Of the cases that the person may read: how many there are, and the open one that was begun last."""

    found: int = 0
    case: Mapping[str, Any] | None = None
    others: int = 0
    diagnoses: Sequence[Mapping[str, Any]] | None = None
    plan: Plan | None = None
    failed: bool = False
    failed_parts: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Something that waits for the person who looks."""

    words: str
    since: str
    path: str


@dataclass(frozen=True, slots=True)
class Step:
    """A first step with a new client."""

    name: str
    words: str
    path: str
    done: bool


def chosen_of(cases: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The open case that was begun last; they come oldest first."""
    return next((case for case in reversed(cases) if case["status"] == "open"), None)


def in_force(diagnoses: Sequence[Mapping[str, Any]], today: date) -> list[Mapping[str, Any]]:
    """Those that apply on that day, by rank."""
    on = today.isoformat()
    return [
        diagnosis
        for diagnosis in diagnoses
        if diagnosis["entered_in_error_at"] is None
        and diagnosis["effective_from"] <= on
        and (diagnosis["effective_to"] is None or diagnosis["effective_to"] >= on)
    ]


def plan_of(plans: Sequence[Mapping[str, Any]], today: date, goals: Sequence[Mapping[str, Any]] = ()) -> Plan | None:
    """The signed plan that took effect last, else the draft; they come by that day, the last first.

    `goals`: those of the one in force, with the sessions that worked on them.
    """
    counts = {goal["description"]: (goal["worked_on"], goal["sessions"]) for goal in goals}
    on = today.isoformat()
    signed = (plan for plan in plans if plan["status"] == "signed" and plan["effective_from"] <= on)
    drafts = (plan for plan in plans if plan["status"] == "draft")
    found = next(signed, None) or next(drafts, None)
    if found is None:
        return None
    review = date.fromisoformat(found["review_on"])
    return Plan(
        goals=[
            Goal(
                goal["description"],
                next((objective["measure"] for objective in goal["objectives"] if objective["measure"]), ""),
                *(counts.get(goal["description"], ()) if found["status"] == "signed" else ()),
            )
            for problem in found["problems"]
            for goal in problem["goals"]
        ],
        review=text.day(review, today),
        due=(review - today).days <= REVIEW_SOON_DAYS and found["status"] == "signed",
        draft=found["status"] == "draft",
    )


def work_of(items: Sequence[Mapping[str, Any]], today: date, *, notes: bool) -> list[Work]:
    """What waits for the person about a client, what waits longest first; `notes`: a note can be opened."""
    return [
        Work(
            WORK[item["kind"]],
            f"due {text.day_within(item['due_on'], today)}" if item["due_on"] else _since(item, today),
            f"/notes/{item['note_id']}" if notes and item["note_id"] else "",
        )
        for item in items
        if item["kind"] in WORK
    ]


def _since(diagnosis: Mapping[str, Any], today: date) -> str:
    return f"since {text.day_within(diagnosis['since'][:10], today)}"


def steps(client: Mapping[str, Any], team: bool, path_of: Callable[[str], str], schedule: str) -> list[Step]:
    """What is done first with a new client, each as far as the person can do it."""
    reachable = bool(client["phone"] or client["email"]) and client["address"] is not None
    return [
        Step("Details", "Phone or e-mail, address, and whom to call in an emergency.", path_of("/details"), reachable),
        Step("Care team", "Who sees the client. They see the record from then on.", path_of("/details"), team),
        Step("Case", "With the diagnosis and the treatment plan that claims and notes need.", path_of("/cases"), False),
        Step("First session", "Book it on the agenda.", schedule, False),
    ]
