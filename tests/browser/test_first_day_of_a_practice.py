"""An administrator's first day: from the sign-up to staff with five levels, by keyboard alone, with what is written on
the pages as the only guide.
"""

from __future__ import annotations

import os
import secrets
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE

STEPS_MAX: Final = 150  # presses of Tab from one thing to the next
# What the element with the focus is called: by its label, its group's legend left out, or by what stands on it.
CALLED: Final = r"""
() => {
  const at = document.activeElement;
  const said = at.labels?.length ? at.labels[0].innerText : at.getAttribute("aria-label") ?? at.innerText ?? "";
  return said.replace(/\s+/g, " ").replace(/ optional$/, "").trim();
}
"""
LEVELS: Final = ("Therapist", "Billing", "Administration", "Organization Administration")


def reach(page: Page, name: str) -> None:
    """Press Tab until what begins with that name has the focus."""
    for _ in range(STEPS_MAX):
        if str(page.evaluate(CALLED)).startswith(name):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no key leads to {name!r} on {page.url}")


def write(page: Page, **texts: str) -> None:
    """Fill fields in their order; underscores are blanks."""
    for name, words in texts.items():
        reach(page, name.replace("_", " "))
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(words)


def press(page: Page, name: str) -> None:
    """Reach a button or a link, press Enter, and wait for the page that it leads to."""
    reach(page, name)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


# `make soak` does it on a desk too.
SIZES = {"phone": (PHONE, "dark"), **({"desk": (DESK, "light")} if os.environ.get("ROUNDS") else {})}


@pytest.mark.parametrize(("size", "theme"), list(SIZES.values()), ids=list(SIZES))
def test_a_practice_is_set_up_by_keyboard_alone(desk: Any, size: Any, theme: str) -> None:
    mark = secrets.token_hex(4)
    at = desk(size, theme)
    page = at.open("/sign-in")
    press(page, "Start a practice")
    expect(page.get_by_label("Practice name")).to_be_focused()
    write(page, Practice_name="Mill Lane Therapy", Given_name="Maya", Family_name="Lind")
    write(page, **{"E-mail": f"maya.{mark}@example.test", "Password": "heron lantern quarry 41"})
    press(page, "Start the practice")
    expect(page.get_by_role("heading", name="Set up Mill Lane Therapy")).to_be_visible()
    assert at.findings() == []

    press(page, "Fill in Update organization settings")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    write(page, **{"Phone": "212 555 0123", "Street and number": "350 5th Ave", "City": "New York", "State": "NY"})
    write(page, **{"ZIP code": "10118", "Tax ID": "12-3456789"})
    press(page, "Save profile")
    expect(page.locator("#toasts")).to_have_text("Saved.")

    at.open("/settings/hours")
    expect(page.get_by_text("No hours are saved yet")).to_be_visible()
    press(page, "Save hours")  # as they are proposed
    expect(page.get_by_text("No hours are saved yet")).to_have_count(0)

    at.open("/home")
    press(page, "Add Add services")
    press(page, "Add service")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    write(page, Name="Psychotherapy 60", Code="90837")
    write(page, **{"Rate of one unit, in dollars": "150", "Length in minutes": "60"})
    press(page, "Add service")
    expect(page.locator("#toasts")).to_have_text("The service is added. It can be booked at once.")

    for level in ("Default", *LEVELS):
        at.open("/settings/staff")
        press(page, "Add member of staff")
        expect(page.get_by_label("Given name")).to_be_focused()
        write(page, Given_name=level.partition(" ")[0], Family_name="Colleague")
        write(page, **{"E-mail": f"{level.replace(' ', '').lower()}.{mark}@example.test"})
        if level != "Default":  # everybody has it
            reach(page, f"{level} ")
            page.keyboard.press("Space")
        reach(page, "Add and invite")
        page.keyboard.press("Enter")  # the page stays, for the link is shown this once
        expect(page.get_by_role("heading", level=1)).to_contain_text("is invited")
        assert at.findings() == []

    at.open("/settings/staff?state=invited")
    expect(page.get_by_role("link", name="Colleague")).to_have_count(5)
    for level in LEVELS:
        expect(page.locator("#staff-list")).to_contain_text(level)
    page = at.open("/home")
    expect(page.get_by_text("3 of 8 done.")).to_be_visible()
    assert not at.scrolls_sideways()
    assert at.findings() == []
