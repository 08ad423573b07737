"""What a note says besides its text: goals of the plan, with the sessions that worked on them, and the risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.documentation.views import service_date
from gateway.web.page import Page

GOALS: Final = "GET /cases/{case_id}/goals"
READS: Final = "treatment_plans:read"
RISKS: Final = (
    ("", "Not said"),
    ("none", "None reported"),
    ("low", "Low"),
    ("moderate", "Moderate"),
    ("high", "High"),
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, and of how many sessions since it was named how many worked on it. `words` is empty before the first."""

    key: str
    description: str
    worked_on: int = 0
    sessions: int = 0

    @property
    def words(self) -> str:
        """`9 of 13 sessions`."""
        return f"{self.worked_on} of {text.count(self.sessions, 'session')}" if self.sessions else ""


def goals_for(page: Page, note: Mapping[str, Any], appointment: Mapping[str, Any] | None) -> list[Goal]:
    """What a draft can tick: the goals of the plan in force on the day of its session, and what is ticked already."""
    on = service_date(appointment) if appointment else None
    listed = goals_of(page, note["case_id"], on=on.isoformat() if on else None).values()
    known = {goal.key for goal in listed}
    return [*listed, *(Goal(goal["key"], goal["description"]) for goal in note["goals"] if goal["key"] not in known)]


def goals_of(page: Page, case_id: str, *, on: str | None = None) -> dict[str, Goal]:
    """The goals of a case by their words, as far as they can be had."""
    reply = page.ask(GOALS, case_id=case_id, on=on) if page.can(READS) else None
    items = reply.value["items"] if reply is not None and reply.ok else ()
    return {
        item["description"]: Goal(item["key"], item["description"], item["worked_on"], item["sessions"])
        for item in items
    }
