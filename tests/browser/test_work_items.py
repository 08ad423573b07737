"""Work items in the browser: whose they are, taking, commenting, closing and the way back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.practice import Practice
from tests.work_items import raised

NOTICE = "An assignment of many clients did not reach all of them"
EMERGENCY = "Somebody opened a record in an emergency"


def test_a_notice_is_ones_own_and_is_read_with_a_way_back(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    raised(practice, client_id)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/home")
    bell = page.get_by_role("link", name="1 thing waits for you")
    bell.click()
    expect(page.get_by_role("link", name=NOTICE, exact=True)).to_be_visible()
    expect(page.get_by_text(EMERGENCY)).to_have_count(0)
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_text("It is done.")).to_be_visible()
    expect(bell).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is open again.")).to_be_visible()
    expect(bell).to_be_visible()
    expect(page.get_by_text("Opened again")).to_be_visible()
    page.get_by_role("link", name="Look").click()
    expect(page.get_by_text("1 client not assigned.")).to_be_visible()
    assert at.findings() == []


def test_what_nobody_has_is_taken_commented_on_and_given_away(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    raised(practice, client_id)
    manager = practice.staff_ids["manager"]
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/work-items?view=unassigned")
    row = page.get_by_role("listitem").filter(has_text=EMERGENCY)
    expect(row).to_contain_text("Ada")
    row.get_by_role("button", name="Take").click()
    expect(page.get_by_text("You have it now.")).to_be_visible()
    expect(page.get_by_text("It closes by itself as soon as its matter is settled.")).to_be_visible()
    expect(page.get_by_role("button", name="Done")).to_have_count(0)
    page.get_by_label("Comment").fill("Called the clinician on duty.")
    page.get_by_label("Who has it").select_option(manager)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Comment: Called the clinician on duty.")).to_be_visible()
    page.get_by_label("Who has it").select_option(practice.staff_ids["stranger"])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This member of staff may not see this work item.")).to_be_visible()
    page = at.open("/work-items?view=unassigned")
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    page = at.open("/work-items?view=team&kind=emergency_access")
    expect(page.get_by_role("link", name=EMERGENCY, exact=True)).to_be_visible()
    page.get_by_label("Kind").select_option("appointment_left_behind")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()


def test_two_who_change_an_item_keep_what_they_typed(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    item_id = raised(practice, client_id)["clinical"]
    page = desk().sign_in(practice.email("owner")).open(f"/work-items/clinical/{item_id}")
    page.get_by_label("Comment").fill("Mine")
    practice.owner.patch(f"/work-items/clinical/{item_id}", {"comment": "Theirs"})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
    expect(page.get_by_label("Comment")).to_have_value("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Comment: Mine")).to_be_visible()


def test_others_have_their_own_list_and_no_page_of_this_item(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    items = raised(practice, client_id)
    at = desk(DESK, java_script_enabled=False).sign_in(practice.email("therapist"))
    for view in ("", "?view=team", "?view=unassigned", "?view=done"):
        page = at.open(f"/work-items{view}")
        expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    for service, item_id in items.items():
        page.goto(f"{at.url}/work-items/{service}/{item_id}")
        expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
