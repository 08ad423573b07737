"""The agenda."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.browser.visits.ways import Way, at
from tests.practice import Practice


def _appointment(practice: Practice) -> str:
    """Any appointment of the practice, booked where there is none."""
    days = {"from": "2026-10-05", "to": "2026-10-05"}
    items = practice.owner.get("/agenda", **days)["items"]
    booked = items[0]["id"] if items else practice.book(practice.new_client()[0], "2026-10-05T09:00")
    return f"/agenda/appointments/{booked}"


AGENDA: Final[Mapping[str, Way]] = {
    "GET /agenda": at("/agenda?view=week&on=2026-10-05&staff="),
    "GET /agenda/new": at("/agenda/new?on=2026-10-05&at=10:00"),
    "GET /agenda/appointments/{appointment_id}": _appointment,
    "GET /agenda/appointments/{appointment_id}/edit": lambda practice: f"{_appointment(practice)}/edit",
}
# Parts of pages, which the pages themselves ask for.
PARTS: Final = frozenset({"GET /agenda/grid"})
