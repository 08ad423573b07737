"""The agenda while something else is under way: a card that was just dragged, and what is left to do for whom."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.agenda import card, drag, opened, practice_with_hours, slot, start_of
from tests.practice import Practice


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """With hours, a therapist, a front desk and a manager."""
    return practice_with_hours(web_practice.url)


def test_a_card_that_was_dragged_is_moved_on_by_keys_before_the_agenda_was_drawn_anew(
    desk: Any, practice: Practice
) -> None:
    booked = practice.book(practice.new_client()[0], "2027-03-01T09:00", duration_minutes=60)
    page = opened(desk, practice, "therapist", "/agenda?on=2027-03-01").page
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        """The first one waits, the others pass."""
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/agenda/grid*", hold)
    drag(page, slot(page, "2027-03-01", 9.25), slot(page, "2027-03-02", 11.25))
    expect(page.get_by_text("Moved to Tue, Mar 2")).to_be_visible()
    card(page, booked).focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    waiting[0].continue_()
    expect(card(page, booked)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to Tue, Mar 2, 2027, 11:30")).to_be_visible()
    assert start_of(practice, booked) == ("2027-03-02T11:30", 60)
    expect(card(page, booked)).to_have_count(1)


def test_notes_to_write_are_counted_for_the_one_who_writes_them(desk: Any, practice: Practice) -> None:
    kept = practice.book(practice.new_client()[0], "2026-02-03T09:00")
    practice.owner.post(f"/appointments/{kept}/status", {"status": "arrived"}, expect=200)
    for who, count in (("therapist", 1), ("desk", 0), ("owner", 0)):
        page = opened(desk, practice, who, "/agenda?on=2026-02-03&view=week").page
        expect(card(page, kept)).to_be_visible()
        expect(page.get_by_role("button", name="1 note to write")).to_have_count(count)
        expect(page.get_by_text("Nothing is left to do here")).to_have_count(1 - count)
