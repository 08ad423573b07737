"""Sessions of groups in the browser: booked, in spite of a conflict too, and seen on the agenda by the group's name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from shared import clock
from tests.browser.agenda import card, practice_with_hours
from tests.practice import Practice


def weekday(days: int) -> date:
    """The first Monday to Friday that is that many days away or more."""
    day: date = clock.today("America/New_York") + timedelta(days=days)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


@pytest.fixture
def practice(web_practice: Practice) -> Practice:
    """With hours, and a group of two that the therapist leads."""
    made = practice_with_hours(web_practice.url)
    members = [made.new_client(given_name=name)[0] for name in ("Ada", "Bea")]
    body = {"name": "Tuesday evening", "members": members, "service_type_id": made.service_type_id, "capacity": 8}
    made.owner.post("/groups", {**body, "staff": [made.staff_ids["therapist"]]})
    return made


def test_a_session_is_booked_from_the_group_and_stands_on_the_agenda(desk: Any, practice: Practice) -> None:
    day, other = weekday(3), practice.new_client(given_name="Cora")[0]
    practice.book(other, f"{day}T10:00")
    at = desk().sign_in(practice.email("manager"))
    page = at.open("/groups")
    page.get_by_role("link", name="Tuesday evening").click()
    page.get_by_role("link", name="Book a session").click()
    page.wait_for_url("**/agenda/new?group_id=*")
    expect(page.get_by_label("Group", exact=False).first).to_contain_text("Tuesday evening")
    expect(page.get_by_role("combobox", name="Client")).to_be_hidden()
    expect(page.get_by_label("With", exact=True)).to_have_value(practice.staff_ids["therapist"])
    page.get_by_label("Date", exact=True).fill(f"{day}")
    page.get_by_label("Starts").fill("10:00")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("This time is taken.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Client")).to_be_hidden()
    assert at.findings() == []
    page.get_by_label("Why it takes place all the same").fill("Cora comes later that day.")
    page.get_by_role("button", name="Book all the same").click()
    expect(page.locator(".appointment", has_text="Tuesday evening (2)")).to_be_visible()
    (session,) = [
        item
        for item in practice.owner.get("/agenda", **{"from": f"{day}", "to": f"{day}"})["items"]
        if item["group_id"]
    ]
    assert len(session["clients"]) == 2 and session["overridden"]
    expect(card(page, session["id"]).locator(".who")).to_have_attribute("data-initials", "Group of 2")


def test_the_booking_form_takes_a_group_and_what_is_usual_of_it(desk: Any, practice: Practice) -> None:
    day = weekday(3)
    at = desk().sign_in(practice.email("desk"))
    page = at.open(f"/agenda/new?on={day}&at=09:00")
    expect(page.get_by_role("combobox", name="Client")).to_be_visible()
    with page.expect_response("**/agenda/new?group_id=*"):
        page.get_by_label("Group", exact=False).first.select_option("Tuesday evening")
    expect(page.get_by_role("combobox", name="Client")).to_be_hidden()
    expect(page.get_by_label("With", exact=True)).to_have_value(practice.staff_ids["therapist"])
    page.get_by_label("Date", exact=True).fill(f"{weekday(3) - timedelta(days=30)}")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("Nobody belongs to the group on that day.")).to_be_visible()
    page.get_by_label("Date", exact=True).fill(f"{day}")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.locator(".appointment", has_text="Tuesday evening (2)")).to_be_visible()


def test_a_leader_who_sees_assigned_clients_only_is_offered_their_own_groups(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("narrowed", "therapist", grants=["assigned_only"])
    theirs, other = practice.new_client("narrowed", "Ada")[0], practice.new_client(given_name="Bea")[0]
    for name, staff in (("Led", [practice.staff_ids["narrowed"]]), ("Colleague’s", [])):
        practice.owner.post("/groups", {"name": name, "members": [theirs, other], "staff": staff})
    at = desk().sign_in(practice.email("narrowed"))
    page = at.open(f"/agenda/new?on={weekday(3)}&at=09:00")
    group = page.get_by_label("Group", exact=False).first
    expect(group.locator("option")).to_have_text(["None: one client comes", "Led"])
    group.select_option("Led")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.locator(".appointment", has_text="Led (1)")).to_be_visible()
    assert "Bea" not in page.content()
