"""The catalogue of services in the browser: adding, changing, rates, units, deactivating, two windows, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.practice import Practice

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)> שלום " + "W" * 40


@pytest.mark.abuse("A-XSS-service-name")
def test_a_service_is_added_priced_and_no_longer_offered(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/services")
    page.get_by_role("link", name="Add service").click()

    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_label("Code", exact=True).fill("T10-5")
    page.get_by_label("Rate of one unit, in dollars").fill("a lot")
    page.get_by_text("By the minutes").click()
    page.get_by_label("Minutes of one unit").fill("15")
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_text("Enter an amount, such as 120.00.")).to_be_visible()
    expect(page.get_by_label("Rate of one unit, in dollars")).to_be_focused()
    page.get_by_label("Rate of one unit, in dollars").fill("25")
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_text("A CPT or HCPCS code has five characters, such as 90837 or H0004.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value(HOSTILE)
    page.get_by_label("Code", exact=True).fill("T1016")
    page.get_by_label("Fewest minutes of a note").fill("10")
    page.get_by_text("Olive").click()
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_text("The service is added. It can be booked at once.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert page.title().startswith("T1016")
    expect(
        page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Services")
    ).to_have_attribute("aria-current", "page")
    assert not at.scrolls_sideways()

    page.get_by_label("Minutes of a note", exact=True).fill("50")
    expect(page.get_by_text("3 units, $75.00")).to_be_visible()
    page.get_by_label("Minutes of a note", exact=True).fill("8")
    expect(page.get_by_text("So many minutes do not fit this service")).to_be_visible()

    page.get_by_label("Rate of one unit, in dollars").fill("27.50")
    page.get_by_label("New rate from").fill("2030-11-01")
    page.get_by_role("button", name="Add rate").click()
    expect(page.get_by_role("row", name="Fri, Nov 1, 2030 Begins later $27.50")).to_be_visible()
    expect(page.get_by_role("row", name="From the beginning Holds today $25.00")).to_be_visible()

    page.get_by_role("button", name="Deactivate service").click()
    expect(page.get_by_text("The service is deactivated. It can no longer be booked.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Deactivate service")).to_be_visible()
    page.get_by_role("button", name="Deactivate service").click()
    expect(page.get_by_role("button", name="Reactivate service")).to_be_visible()
    at.open("/settings/services")
    expect(page.get_by_role("row")).to_have_count(2)  # its head, and the service of the practice
    page.get_by_role("link", name="All").click()
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
    assert not at.scrolls_sideways()


def test_two_windows_that_change_one_service(desk: Any, web_practice: Practice) -> None:
    """Nothing is overwritten unseen: what the other saved is said, and saving again is a choice."""
    practice = Practice(web_practice.url)
    path = f"/settings/services/{practice.service_type_id}"
    mine, theirs = (desk().sign_in(practice.email("owner")) for _ in range(2))
    for at in (mine, theirs):
        at.open(path)
    theirs.page.get_by_label("Length in minutes").fill("55")
    theirs.page.get_by_role("button", name="Save service").click()
    expect(theirs.page.get_by_text("Saved.", exact=True)).to_be_visible()

    page = mine.page
    page.get_by_label("Name").fill("Psychotherapy, long")
    page.get_by_role("button", name="Save service").click()
    expect(page.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
    expect(page.get_by_text("Length is now: 55")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Psychotherapy, long")
    assert mine.findings() == []
    page.get_by_role("button", name="Save service").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_label("Length in minutes")).to_have_value("60")


def test_who_changes_no_services_has_no_page_for_them(desk: Any, web_practice: Practice) -> None:
    for person in ("desk", "biller", "therapist"):
        assert web_practice.staff_ids[person]
        at = desk().sign_in(web_practice.email(person))
        for path in ("/settings/services", "/settings/services/new"):
            response = at.page.goto(at.url + path)
            assert response.status == 403
            expect(at.page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
        at.open("/home")
        expect(at.page.get_by_role("link", name="Services")).to_have_count(0)
