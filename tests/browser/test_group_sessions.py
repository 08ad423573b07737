"""Sessions of groups in the browser: booked, in spite of a conflict too, and seen on the agenda by the group's name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from shared import clock
from tests.browser.agenda import card, practice_with_hours
from tests.browser.conftest import PHONE
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
    page = at.open(f"/groups/{session['group_id']}")
    row = page.get_by_role("region", name="Sessions of the group").get_by_role("row").nth(1)
    expect(row).to_contain_text("10:00 am")
    assert at.findings() == []
    row.get_by_role("link").click()
    at.arrive(f"/agenda/appointments/{session['id']}")


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


def test_each_member_has_attendance_and_a_note_of_their_own(desk: Any, practice: Practice) -> None:
    (group,) = practice.owner.get("/groups")["items"]
    ada, bea = (member["client_id"] for member in _by_name(practice, group["id"]))
    yesterday = clock.today("America/New_York") - timedelta(days=1)
    for client_id in (ada, bea):
        since = {"on": f"{yesterday - timedelta(days=7)}"}
        assert practice.owner.call("PUT", f"/groups/{group['id']}/members/{client_id}", json=since).status_code == 200
    session = _session(practice, group["id"], f"{yesterday}T10:00")
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/agenda?view=week&on={yesterday}")
    card(page, session).click()
    panel = page.get_by_role("dialog", name="Appointment")
    expect(panel.get_by_role("link", name="Tuesday evening")).to_be_visible()
    panel.get_by_role("group", name="What became of it for Bea Client").get_by_role("button", name="No-show").click()
    expect(page.get_by_text("Bea Client: No-show.")).to_be_visible()
    expect(panel.get_by_role("button", name="Write note Bea Client")).to_have_count(0)
    assert at.findings() == []
    page.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="Write note Bea Client")).to_be_visible()
    panel.get_by_role("group", name="What became of it for Bea Client").get_by_role("button", name="No-show").click()
    expect(panel.get_by_role("button", name="Write note Bea Client")).to_have_count(0)
    panel.get_by_role("group", name="What became of it for everybody").get_by_role("button", name="Kept").click()
    expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    found = practice.owner.get(f"/appointments/{session}/roster")
    statuses = {member["client_id"]: member["status"] for member in found["members"]}
    assert statuses == {ada: "arrived", bea: "no_show"}
    expect(panel.get_by_text("The roster stays as it is since")).to_be_visible()
    panel.get_by_role("button", name="Write note Ada Client").click()
    page.wait_for_url("**/notes/*")
    expect(page.get_by_role("main")).to_contain_text("Ada Client")
    assert "Bea" not in page.content()


def test_who_is_added_from_a_session_on_comes_to_it_and_not_to_the_one_before(desk: Any, practice: Practice) -> None:
    (group,) = practice.owner.get("/groups")["items"]
    practice.new_client(given_name="Cora")
    first, second = (weekday(days) for days in (3, 10))
    before, then = (_session(practice, group["id"], f"{day}T10:00") for day in (first, second))
    at = desk(PHONE, "dark").sign_in(practice.email("desk"))
    page = at.open(f"/agenda/appointments/{then}")
    assert at.findings() == [] and not at.scrolls_sideways()
    page.get_by_role("link", name="Add a member from this session on").click()
    page.wait_for_url(f"**/groups/{group['id']}?on={second}*")
    expect(page.get_by_label("From this session on")).to_have_value(f"{second}")
    page.get_by_role("combobox", name="Client").press_sequentially("Cora")
    page.get_by_role("option", name="Cora Client").click()
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("row", name="Cora Client")).to_contain_text("Joins later")
    page = at.open(f"/agenda/appointments/{before}")
    expect(page.get_by_role("region", name="Roster")).not_to_contain_text("Cora Client")
    page = at.open(f"/agenda/appointments/{then}")
    expect(page.get_by_role("region", name="Roster")).to_contain_text("Cora Client")
    page.get_by_role("group", name="What became of it for Cora Client").get_by_role("button", name="Confirmed").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def _by_name(practice: Practice, group_id: str) -> list[dict[str, Any]]:
    return sorted(practice.owner.get(f"/groups/{group_id}")["members"], key=lambda member: str(member["name"]))


def _session(practice: Practice, group_id: str, when: str) -> str:
    body = {"staff_id": practice.staff_ids["therapist"], "service_type_id": practice.service_type_id}
    override = {"override": {"reason": "They come all the same."}}  # whatever day of the week that is
    booked = practice.owner.post("/appointments", {**body, **override, "group_id": group_id, "starts_at_local": when})
    return str(booked["id"])
