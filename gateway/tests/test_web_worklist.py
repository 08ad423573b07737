"""The worklist in rows, and names beyond the first page of a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway.web.agenda.around import LOCATIONS, SERVICES, Around, with_named
from gateway.web.agenda.cards import Names
from gateway.web.documentation.worklist import rows_of
from gateway.web.page import ApiResponse

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ZONE = "America/New_York"


def work(kind: str, since: str, starts_at: str | None) -> dict[str, Any]:
    due = {"due_on": "2026-11-30"} if starts_at is None else {}
    return {
        "kind": kind,
        "since": since,
        "starts_at": starts_at,
        "note_id": None,
        "appointment_id": None,
        "client_id": since,
        "author_id": None,
        **due,
    }


def test_what_waits_since_one_day_comes_in_the_order_of_its_sessions() -> None:
    """A note begun in the evening waits since that day, as its session of the morning does by itself."""
    items = [
        work("plan_due", "2026-11-01T12:00:00Z", None),
        work("no_note", "2026-11-17T19:00:00Z", "2026-11-17T19:00:00Z"),
        work("draft", "2026-11-18T01:00:00Z", "2026-11-17T14:00:00Z"),  # still the seventeenth in New York
        work("no_note", "2026-11-18T14:00:00Z", "2026-11-18T14:00:00Z"),
    ]
    rows = rows_of(items, {}, ZONE, NOW, lambda _: True)
    assert [row.client_id for row in rows] == [items[at]["since"] for at in (0, 2, 1, 3)]


def test_what_waits_for_a_decision_names_its_author_and_what_was_sent_the_day() -> None:
    items = [
        {**work("to_approve", "2026-11-16T12:00:00Z", "2026-11-13T14:00:00Z"), "author_id": "ines"},
        {**work("plan_to_sign", "2026-11-17T12:00:00Z", None), "author_id": "ines", "due_on": None},
        {**work("submitted", "2026-11-18T14:00:00Z", "2026-11-13T14:00:00Z"), "author_id": "ines"},
    ]
    assert [row.words for row in rows_of(items, {"ines": "Ines Intern"}, ZONE, NOW, lambda _: True)] == [
        "Fri, Nov 13, 9:00\u202fam. Waits for your approval, written by Ines Intern",
        "Treatment plan, waits for your signature, written by Ines Intern",
        "Fri, Nov 13, 9:00\u202fam. Sent to your supervisor today",
    ]
    away = rows_of(items[:1], {}, ZONE, NOW, lambda _: True)[0]
    assert away.words == "Fri, Nov 13, 9:00\u202fam. Waits for your approval", "names are not to be had"


class Lists:
    """Answers questions that name ids, and keeps them."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def ask(self, row: str, *, ids: str, limit: int) -> ApiResponse:
        self.rows.append((row, ids))
        return ApiResponse(200, {"items": [{"id": each, "name": "Far"} for each in ids.split(",")][:limit]})


def test_services_and_places_beyond_the_first_page_have_their_names() -> None:
    near, far = str(UUID(int=1)), str(UUID(int=2))
    items = [
        {"staff_id": near, "service_type_id": near, "location_id": None},
        {"staff_id": near, "service_type_id": far, "location_id": far},
    ]
    names = Names({near: {}}, {near: {"name": "Near"}}, {})
    lists: Any = Lists()
    found = with_named(lists, Around(names, {}, frozenset({SERVICES, LOCATIONS})), items).names
    assert found.services[far]["name"] == found.locations[far]["name"] == "Far"
    assert lists.rows == [(SERVICES, far), (LOCATIONS, far)]
    whole: Any = Lists()
    assert with_named(whole, Around(names, {}), items).names == names and whole.rows == [], "nothing is beyond them"
