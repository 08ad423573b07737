"""The phone under a thumb: what its bar offers each level, and whole tasks by taps alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared import clock
from tests.browser.conftest import PHONE, Desk
from tests.browser.money import issued, practice_with_drafts
from tests.practice import Practice

BARS = {
    "therapist": ["Home", "Agenda", "Clients", "Notes", "More"],
    "biller": ["Home", "Agenda", "Clients", "Invoices", "More"],
    "desk": ["Home", "Agenda", "Clients", "Work items", "More"],
}


def on_a_phone(desk: Any, practice: Practice, who: str, path: str) -> Page:
    """That page, on a telephone that knows fingers and no mouse."""
    at: Desk = desk(PHONE, has_touch=True, is_mobile=True).sign_in(practice.email(who))
    return at.open(path)


@pytest.fixture(scope="module")
def money(web_practice: Practice) -> tuple[Practice, str, dict[str, Any]]:
    """A practice with all who have a bar, a client of it, and what the client owes."""
    practice, client_id, (draft,) = practice_with_drafts(web_practice.url)
    assert practice.staff_ids["desk"]
    return practice, client_id, issued(practice, draft)


@pytest.mark.parametrize("who", BARS)
def test_the_bar_has_what_the_level_does_all_day(desk: Any, money: Any, who: str) -> None:
    page = on_a_phone(desk, money[0], who, "/home")
    bar = page.get_by_role("navigation", name="Main, phone").locator("a, button")
    expect(bar).to_have_text(BARS[who])
    bar.last.tap()
    expect(page.get_by_role("navigation", name="More").get_by_text("Sign out")).to_be_in_viewport()


def test_a_note_is_signed_and_a_payment_taken_by_taps(desk: Any, money: Any) -> None:
    """J: from Home to a signed note, and from an invoice to its receipt."""
    practice, client_id, invoice = money
    practice.book(client_id, f"{clock.today('America/New_York') - timedelta(days=1)}T09:00")
    page = on_a_phone(desk, practice, "therapist", "/home")
    page.get_by_role("button", name="Write note Ada Client").tap()
    for section in ("Subjective", "Objective", "Assessment", "Plan"):
        page.get_by_label(section, exact=True).fill("As before.")
    page.get_by_label("Minutes").fill("55")
    page.locator(".note-bar").get_by_role("button", name="Sign").first.tap()
    page.get_by_role("dialog").get_by_role("button", name="Sign and lock").tap()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()

    page = on_a_phone(desk, practice, "biller", f"/invoices/{invoice['id']}")
    page.get_by_role("link", name="Record payment").tap()
    page.get_by_text("Cash", exact=True).tap()
    page.get_by_role("button", name="Save payment").tap()
    expect(page.get_by_text("The payment is recorded.")).to_be_visible()


def test_who_is_found_is_chosen_and_nothing_below_gets_the_tap(desk: Any, money: Any) -> None:
    practice, client_id, _ = money
    page = on_a_phone(desk, practice, "desk", "/agenda")
    page.get_by_role("link", name="New appointment").tap()
    page.get_by_role("combobox", name="Client").fill("ada")
    page.get_by_role("option", name="Ada Client").tap()
    expect(page.locator("[name=client_id]")).to_have_value(client_id)
    expect(page.get_by_label("Given name")).to_be_hidden()
    page.get_by_role("button", name="Book appointment").tap()
    expect(page.get_by_text("Check what is marked below.")).to_be_visible()
    page.get_by_text("Cancel", exact=True).and_(page.locator(":visible")).tap()
    expect(page).to_have_url(f"{page.url.partition('/agenda')[0]}/agenda")


def test_what_else_clients_leads_to_stands_in_a_menu(desk: Any, money: Any) -> None:
    page = on_a_phone(desk, money[0], "desk", "/clients")
    expect(page.get_by_role("link", name="Waiting list")).to_be_hidden()
    page.get_by_role("button", name="More about clients").tap()
    page.get_by_role("link", name="Waiting list").tap()
    expect(page.get_by_role("heading", name="Waiting list", level=1)).to_be_visible()
