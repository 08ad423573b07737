"""J3, its first step: somebody calls, and the front desk finds them by phone or birth date, wherever it looks."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agenda import opened, practice_with_hours
from tests.practice import Practice

TYPED = ("0142", "(518) 555", "1990-05-02", "5/2/1990", "qui 0142", "5/2/1990 rosa", "1001")


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """A front desk with two clients."""
    made = practice_with_hours(web_practice.url)
    for given, born, phone in (("Rosa", "1990-05-02", "+15185550142"), ("Ida", "1991-01-01", "+12125550199")):
        body = {"given_name": given, "family_name": "Quint", "date_of_birth": born, "phone": phone}
        made.owner.post("/clients", body)
    return made


def alone(page: Page, found: Any, name: str) -> None:
    """Rosa is shown and Ida is not; nothing that was typed stands in the address."""
    expect(found).to_have_count(1)
    expect(found).to_contain_text(name)
    assert not any(part in page.url for part in ("0142", "1990", "qui"))


@pytest.mark.parametrize("typed", TYPED)
def test_a_caller_is_found_in_the_palette_the_list_and_a_booking(desk: Any, practice: Practice, typed: str) -> None:
    at = opened(desk, practice, "desk", "/clients")
    page = at.page
    page.get_by_label("Find by name, phone, birth date or number").press_sequentially(typed)
    alone(page, page.locator("[data-rows] tr"), "Rosa Quint")

    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search clients or run a command").press_sequentially(typed)
    alone(page, page.locator("#palette-found [role=option]"), "Rosa Quint")

    page = at.open("/agenda/new")
    page.get_by_label("Client", exact=True).press_sequentially(typed)
    alone(page, page.locator("#b-clients [role=option][data-id]"), "Rosa Quint")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Client", exact=True)).to_have_value("Rosa Quint")
    assert at.findings() == []


def test_digits_become_nobody_s_name(desk: Any, practice: Practice) -> None:
    page = opened(desk, practice, "desk", "/agenda/new").page
    page.get_by_label("Client", exact=True).press_sequentially("718 555 0100")
    page.get_by_role("option", name="Add a new client").click()
    expect(page.get_by_label("Given name")).to_have_value("")
    expect(page.get_by_label("Given name")).to_be_focused()
