"""Days that need no pointer: a therapist's and a biller's, with Tab, Enter and the keys that the pages name (B35)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.agenda import opened
from tests.browser.test_first_day_of_a_practice import reach
from tests.practice import Practice


def today() -> date:
    """Of the practice."""
    return clock.today("America/New_York")


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """A therapist, a biller, and a session of yesterday."""
    made = Practice(web_practice.url)
    assert made.staff_ids["therapist"] and made.staff_ids["biller"] and made.staff_ids["desk"]
    yesterday = today() - timedelta(days=1)
    made.book(made.new_client(given_name="Ada")[0], f"{yesterday}T09:00")
    return made


def test_a_session_is_documented_billed_and_paid_without_a_pointer(desk: Any, practice: Practice) -> None:
    """J2, J4 and J5: the note is begun from Home and signed; its draft is issued and the payment is taken."""
    at = opened(desk, practice, "therapist", "/home")
    page, keys = at.page, at.page.keyboard
    reach(page, "Write note")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Progress note", level=1)).to_be_visible()
    page.wait_for_load_state()
    reach(page, "Subjective")
    for section in ("Subjective", "Objective", "Assessment", "Plan"):
        expect(page.get_by_label(section, exact=True)).to_be_focused()
        keys.type("Slept well.")
        keys.press("Alt+ArrowDown")
    reach(page, "Minutes")
    keys.press("ControlOrMeta+a")
    keys.type("55")
    expect(page.locator(".note-bar .save-state")).to_contain_text("Saved ")
    keys.press("Control+Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Sign and lock")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_text("Electronically signed by Therapist Staff")).to_be_visible()
    wait_until(lambda: practice.owner.get("/invoices", status="draft")["items"], 20, "the draft invoice")

    at = opened(desk, practice, "biller", "/home")
    page, keys = at.page, at.page.keyboard
    keys.type("gb")
    at.arrive("/invoices")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    reach(page, "Issue what is ticked")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Issue 1 invoice")).to_be_visible()
    reach(page, "Issue 1 invoice")
    keys.press("Enter")
    expect(page.get_by_text("1 of 1, 1 issued.")).to_be_visible()
    keys.press("Control+k")
    keys.type("ada")
    expect(page.get_by_role("option", name="Ada Client")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Ada Client", level=1)).to_be_visible()
    page.wait_for_load_state()
    reach(page, "Take payment")
    keys.press("Enter")
    expect(page.get_by_label("Amount, in dollars")).to_have_value("150.00")
    page.wait_for_load_state()
    keys.press("Control+Enter")
    expect(page.get_by_text("The payment is recorded.")).to_be_visible()


def test_a_caller_is_booked_and_moved_without_a_pointer(desk: Any, practice: Practice) -> None:
    """J3: N and A open the form, the client is found by four letters, and M with the arrows moves the appointment."""
    practice.new_client(given_name="Bela")
    at = opened(desk, practice, "desk", "/home")
    page, keys = at.page, at.page.keyboard
    keys.type("ga")
    at.arrive("/agenda")
    page.wait_for_load_state("networkidle")
    keys.press("n")
    expect(page.locator("#new-menu a").first).to_be_focused()
    keys.press("a")
    expect(page.get_by_label("Client", exact=True)).to_be_focused()
    keys.type("bela")
    expect(page.get_by_role("option", name="Bela Client")).to_be_visible()
    keys.press("Enter")
    reach(page, "Starts")
    keys.type("0300PM")
    keys.press("Control+Enter")
    expect(page.get_by_text("The appointment is booked.")).to_be_visible()
    booked = page.locator("#agenda").get_by_role("link", name="Bela Client")
    if page.locator("#appointment-panel").is_visible():
        keys.press("Escape")
    reach(page, "Bela Client")
    expect(booked).to_be_focused()
    keys.press("m")
    expect(page.locator("#live")).to_contain_text("Moving.")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_text("3:15 pm.")).to_be_visible()
    begins = practice.owner.get("/agenda", **{"from": str(today()), "to": str(today())})["items"]
    assert [each["starts_at_local"][11:] for each in begins] == ["15:15"]
