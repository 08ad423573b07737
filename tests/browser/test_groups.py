"""Groups in the browser: made, filled from a day on, full, left, archived; and who sees whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from shared import clock
from tests.browser.conftest import NARROW, PHONE
from tests.practice import Practice


def day(days: int) -> str:
    return f"{clock.today('America/New_York') + timedelta(days=days)}"


def add(page: Page, name: str, first: str) -> None:
    """Choose somebody of the suggestions by keys, as their first day, and send it."""
    page.get_by_role("combobox", name="Client").press_sequentially(name)
    expect(page.get_by_role("option", name=name)).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_label("From this session on").fill(first)
    page.get_by_role("button", name="Add member").click()


def test_a_group_is_made_filled_overfilled_left_and_archived(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    for name in ("Ada", "Bea", "Cora"):
        practice.new_client(given_name=name)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/groups")
    expect(page.get_by_text("No groups yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="New group").first.click()
    at.arrive("/groups/new")
    page.get_by_role("button", name="Make group").click()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Name", exact=True).fill("Tuesday evening")
    page.get_by_label("Capacity").fill("2")
    page.get_by_label("Leader 1").select_option(practice.staff_ids["therapist"])
    page.get_by_role("button", name="Make group").click()
    expect(page.get_by_text("The group is made.")).to_be_visible()
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("combobox", name="Client")).to_have_attribute("aria-invalid", "true")
    add(page, "Ada Client", day(-7))
    expect(page.get_by_text("They belong to the group from that day on")).to_be_visible()
    add(page, "Bea Client", day(7))
    expect(page.get_by_role("row", name="Bea Client")).to_contain_text("Joins later")
    add(page, "Cora Client", day(0))
    expect(page.get_by_text("The group has room for 2, and would have 3 members.").first).to_be_visible()
    assert at.findings() == []
    page.get_by_label("Add them although the group is full").check()
    page.get_by_label("Reason").fill("Her sister leaves soon.")
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("row", name="Cora Client")).to_contain_text("Member")
    expect(page.locator("li", has_text="Cora Client belongs to it")).to_contain_text("Her sister leaves soon.")
    page.get_by_role("link", name="Take off Ada Client").click()
    page.get_by_label("First day without them").fill(day(3))
    page.get_by_role("button", name="Take off").click()
    expect(page.get_by_text("They do not belong to the group from that day on.")).to_be_visible()
    expect(page.get_by_role("row", name="Ada Client")).to_contain_text("Leaves")
    page = at.open("/groups")
    expect(page.get_by_role("row", name="Tuesday evening")).to_contain_text("2 of 2 Full")
    page.get_by_role("link", name="Tuesday evening").click()
    page.get_by_role("button", name="Archive group").click()
    expect(page.get_by_text("The group is archived.")).to_be_visible()
    expect(page.get_by_role("button", name="Add member")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The group goes on.")).to_be_visible()


def test_two_who_change_one_group_see_each_others_words(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    group = practice.owner.post("/groups", {"name": "Parents", "staff": [practice.staff_ids["therapist"]]})
    at = desk(PHONE, "dark").sign_in(practice.email("owner"))
    page = at.open(f"/groups/{group['id']}/edit")
    page.get_by_label("Name", exact=True).fill("Fathers")
    practice.owner.patch(f"/groups/{group['id']}", {"name": "Mothers"})
    page.get_by_role("button", name="Save group").click()
    expect(page.get_by_text("Name is now: Mothers")).to_be_visible()
    page.get_by_role("button", name="Save group").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    changed = practice.owner.get(f"/groups/{group['id']}")
    assert (changed["name"], changed["staff"]) == ("Fathers", [practice.staff_ids["therapist"]])


def test_who_sees_assigned_clients_only_meets_no_other_member(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("narrowed", "therapist", grants=["assigned_only"])
    theirs, other = practice.new_client("narrowed", "Ada")[0], practice.new_client(given_name="Bea")[0]
    hidden = practice.owner.post("/groups", {"name": "Elsewhere", "members": [other]})
    group = practice.owner.post("/groups", {"name": "Monday", "members": [theirs, other], "capacity": 8})
    at = desk(NARROW).sign_in(practice.email("narrowed"))
    page = at.open("/groups")
    expect(page.get_by_role("row", name="Monday")).to_contain_text("1 client of yours")
    expect(page.get_by_text("Elsewhere")).to_have_count(0)
    page.get_by_role("link", name="Monday").click()
    expect(page.get_by_role("row", name="Ada Client")).to_be_visible()
    expect(page.get_by_text("Bea Client")).to_have_count(0)
    for words in ("Change group", "Take off Ada Client"):
        expect(page.get_by_role("link", name=words)).to_have_count(0)
    for words in ("Archive group", "Add member"):
        expect(page.get_by_role("button", name=words)).to_have_count(0)
    path = f"/groups/{group['id']}"
    for closed in (f"{path}/edit", f"{path}/members/{theirs}"):
        expect(at.open(closed).get_by_role("heading", name="You cannot do this")).to_be_visible()
    for gone in (f"/groups/{hidden['id']}", f"/groups/{hidden['id']}/edit", f"{path}/history"):
        expect(at.open(gone).get_by_role("heading", name="This page does not exist")).to_be_visible()
    practice.owner.patch(path, {"staff": [practice.staff_ids["narrowed"]]})
    expect(at.open(f"{path}/members/{other}").get_by_role("heading", name="This page does not exist")).to_be_visible()
    page = at.open(path)
    expect(page.get_by_role("link", name="Take off Ada Client")).to_be_visible()
    expect(page.get_by_text("Bea Client")).to_have_count(0)
