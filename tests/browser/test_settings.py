"""The organization's settings in the browser: from Home's first step to a practice that can bill, and who may not."""

from __future__ import annotations

import base64
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.practice import Practice

HOSTILE: Final = "<script>document.title='taken'</script>\"' שלום " + "W" * 40
PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.mark.abuse("A-XSS-practice-name")
def test_an_administrator_alone_takes_the_first_steps(desk: Any, web_practice: Practice) -> None:
    """From the card on Home to the settings and the services; the card ticks itself."""
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/home")
    card = page.get_by_role("region", name="Set up Practice")
    card.get_by_role("link", name="Fill in Update organization settings").click()
    at.arrive("/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Organization")

    profile = page.get_by_role("region", name="Practice profile")
    profile.get_by_label("NPI").fill("1234567890")
    profile.get_by_label("Name", exact=True).fill(HOSTILE)
    profile.get_by_label("Phone").fill("518 555 0100")
    profile.get_by_label("Street and number").fill("12 Mill Lane")
    profile.get_by_role("button", name="Save profile").click()
    expect(profile.get_by_text("Not an NPI: ten digits, the last being the check digit.")).to_be_visible()
    expect(profile.get_by_label("Phone")).to_have_value("518 555 0100")
    expect(profile.get_by_label("Street and number")).to_have_value("12 Mill Lane")
    assert at.findings() == []
    profile.get_by_label("NPI").fill("1234567893")
    profile.get_by_label("Tax ID").fill("12-3456789")
    profile.get_by_label("City").fill("Albany")
    profile.get_by_label("State").fill("NY")
    profile.get_by_label("ZIP code").fill("12207-1234")
    profile.get_by_label("Time zone").select_option("America/Chicago")
    expect(profile.get_by_text("Booked times stay as they are on the clock.")).to_be_visible()
    profile.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_text("Last changed by Olga Admin")).to_be_visible()
    expect(profile.get_by_label("Phone")).to_have_value("(518) 555-0100")

    page.get_by_label("Picture").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no"})
    expect(page.get_by_text("a.png")).to_be_visible()
    page.get_by_role("button", name="Upload logo").click()
    expect(page.get_by_text("Send a whole PNG or JPEG that is not animated")).to_be_visible()
    with page.expect_file_chooser() as chooser:  # by the keyboard: the control is the browser's, its words are ours
        page.get_by_label("Picture").press("Enter")
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": PIXEL})
    page.get_by_role("button", name="Upload logo").click()
    picture = page.get_by_role("img", name="The practice’s logo")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)  # once it has come
    page.get_by_role("button", name="Remove logo").click()
    expect(page.get_by_text("There is no logo.")).to_be_visible()

    page.get_by_role("link", name="History").click()
    expect(page.locator("#main").get_by_text(HOSTILE)).to_be_visible()
    expect(page.get_by_text("NPI: empty")).to_be_visible()
    assert page.title().startswith("History of the settings") and not at.scrolls_sideways()

    at.open("/home")
    done = page.get_by_role("region", name="Set up")
    expect(done.get_by_text("2 of 8 done.")).to_be_visible()
    done.get_by_text("Practice profile", exact=True).click()  # done, and so closed
    done.get_by_role("link", name="Open Add services").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Services")


def test_hours_policies_and_what_prints(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    other = desk().sign_in(practice.email("owner"))
    other.open("/settings/policies")
    page = at.open("/settings/hours")
    expect(page.get_by_text("No hours are saved yet")).to_be_visible()  # a week is proposed
    expect(page.get_by_label("Tuesday, closes", exact=True)).to_have_value("17:00")
    for day in ("Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(f"{day}, Closed").check()
    page.get_by_label("Monday, opens", exact=True).fill("17:00")
    page.get_by_label("Monday, closes", exact=True).fill("09:00")
    page.get_by_role("button", name="Save hours").click()
    expect(page.get_by_label("Monday, closes", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Monday, opens", exact=True).fill("08:30")
    page.get_by_label("Monday, closes", exact=True).fill("00:00")
    page.get_by_role("button", name="Save hours").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_label("Holiday 1, day").fill("2030-12-25")
    page.get_by_role("button", name="Save holidays").click()
    expect(page.get_by_label("Holiday 1, name")).to_be_focused()
    expect(page.get_by_text("Saved.", exact=True)).to_have_count(0)  # that was the hours
    page.get_by_label("Holiday 1, name").fill("Christmas")
    page.get_by_role("button", name="Save holidays").click()
    expect(page.get_by_label("Holiday 1, name")).to_have_value("Christmas")
    assert practice.owner.get("/organization")["business_hours"] == [
        {"weekday": "monday", "opens": "08:30", "closes": "24:00"}
    ]

    page = other.page  # opened before the hours were saved
    page.get_by_label("Invoice number prefix").fill("ML-")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_label("Fee of a late cancellation, in dollars").fill("50")
    page.get_by_label("Fee of a missed appointment, in dollars").fill("75.50")
    page.get_by_label("Effective from").fill("2026-01-01")
    page.get_by_label("Text that clients agree to").fill(HOSTILE)
    page.get_by_role("button", name="Add version").click()
    expect(page.get_by_text("Free until 24 hours before. Late: $50.00. Missed: $75.50.")).to_be_visible()

    page = at.open("/settings/printing")
    page.get_by_role("button", name="Record what prints").click()
    expect(page.get_by_label("Effective from")).to_be_focused()
    page.get_by_label("Effective from").fill("2030-02-01")
    page.get_by_label("Legal name").fill("Mill Lane PLLC")
    page.get_by_role("button", name="Record what prints").click()
    expect(page.get_by_text("From Fri, Feb 1, 2030")).to_be_visible()
    expect(page.get_by_text("Legal name: Mill Lane PLLC")).to_be_visible()


def test_who_changes_no_settings_has_no_page_for_them(desk: Any, web_practice: Practice) -> None:
    for person in ("desk", "biller", "therapist"):
        assert web_practice.staff_ids[person]
        at = desk().sign_in(web_practice.email(person))
        for path in ("/settings", "/settings/hours", "/settings/printing", "/settings/history"):
            assert at.page.goto(at.url + path).status == 403
        expect(at.page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
        expect(at.page.get_by_role("link", name="Organization")).to_have_count(0)


def test_the_tab_that_is_open_is_seen_on_a_phone(desk: Any, web_practice: Practice) -> None:
    page = desk(NARROW).sign_in(web_practice.email("owner")).open("/settings/history")
    tabs = page.get_by_role("navigation", name="Settings")
    expect(tabs.get_by_role("link", name="History")).to_be_in_viewport(ratio=0.9)
