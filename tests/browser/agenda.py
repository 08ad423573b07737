"""What the tests of the agenda share: a practice with hours, and where things are on the grid."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Desk
from tests.practice import Practice


def practice_with_hours(url: str) -> Practice:
    """A practice with hours, a therapist, a front desk and a manager."""
    made = Practice(url)
    hours = [
        {"weekday": day, "opens": "09:00", "closes": "17:00"}
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    ]
    made.owner.patch("/organization", {"business_hours": hours})
    for name in ("therapist", "desk", "manager"):
        assert made.staff_ids[name]
    return made


def opened(desk: Any, practice: Practice, who: str, path: str, *look: Any) -> Desk:
    at: Desk = desk(*look).sign_in(practice.email(who))
    at.open(path)
    return at


def card(page: Page, appointment_id: str) -> Any:
    return page.locator(f"#appointment-{appointment_id}")


def slot(page: Page, day: str, hour: float) -> tuple[float, float]:
    """Where on the screen an hour of a day is."""
    column = page.locator(f'.day[data-day="{day}"]')
    first = int(page.locator(".calendar").get_attribute("data-first") or 0)
    row = column.evaluate("one => parseFloat(getComputedStyle(one).gridTemplateRows)")
    below, eight = ((at_hour * 60 - first) / 5 * row for at_hour in (hour, 8))
    page.locator(".calendar-body").evaluate("(one, top) => { one.scrollTop = top }", eight - 20)
    box = column.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * 0.8, box["y"] + below + 2


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(begin[0], begin[1] + 8)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def start_of(practice: Practice, appointment_id: str) -> tuple[str, int]:
    found = practice.owner.get(f"/appointments/{appointment_id}")
    return found["starts_at_local"], found["duration_minutes"]
