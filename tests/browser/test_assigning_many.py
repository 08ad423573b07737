"""Staff assigned to many clients at once: ticking, choosing, looking on, what was refused, and who may."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.practice import Practice


def clients(practice: Practice, *names: str) -> list[str]:
    """Clients by given name; their ids."""
    body = {"family_name": "Client", "date_of_birth": "1990-01-02"}
    return [str(practice.owner.post("/clients", {**body, "given_name": name})["id"]) for name in names]


def choose(page: Page, staff_id: str) -> None:
    page.get_by_role("button", name="Assign staff").click()
    page.get_by_label("Member of staff").select_option(staff_id)
    page.get_by_role("button", name="Assign", exact=True).click()


def test_those_who_are_ticked_are_assigned_and_the_page_says_what_came_of_it(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    therapist = practice.staff_ids["therapist"]
    first, _, third = clients(practice, "Ada", "Bea", "Cleo")
    practice.owner.put(f"/clients/{first}/staff/{therapist}")
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/clients")
    assigns = page.get_by_role("button", name="Assign staff")
    expect(assigns).to_be_disabled()
    page.get_by_label("Tick Bea Client").check()
    expect(page.get_by_text("1 client ticked")).to_be_visible()
    page.get_by_label("All on this page").check()
    expect(page.get_by_text("3 clients ticked")).to_be_visible()

    assigns.click()
    expect(page.get_by_role("heading", name="Assign staff to 3 clients")).to_be_visible()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Choose somebody first.")).to_be_visible()
    expect(page.get_by_label("Member of staff")).to_be_focused()
    practice.owner.patch(f"/clients/{third}", {"status": "archived"})
    page.get_by_label("Member of staff").select_option(therapist)
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("heading", name="Staff is assigned")).to_be_visible(timeout=20_000)
    for words in ("1 client assigned now.", "1 client assigned before", "1 client not assigned."):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("Archived. Make the client active first.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.get_by_role("link", name="Assignments and deletions").click()
    row = page.locator("[data-rows] tr")
    expect(row).to_have_count(1)
    for words in ("Olga Admin", "1 client assigned now.", "Done"):
        expect(row).to_contain_text(words)
    row.get_by_role("link").click()
    page.get_by_role("link", name="Cleo Client").click()
    at.arrive(f"/clients/{third}")
    page.go_back()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="The assignment is undone")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Taken off 1 client.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert [each["staff_id"] for each in practice.owner.get(f"/clients/{first}/staff")["items"]] == [therapist]
    assert at.findings() == []


def test_boxes_are_ticked_with_keys_and_a_search_brings_new_ones(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    clients(practice, "Ada", "Bea", "Cy")
    page = desk().sign_in(practice.email("owner")).open("/clients")
    page.get_by_label("Tick Ada Client").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 client ticked")).to_be_visible()
    # X ticks and unticks the row that has the focus, Shift X all rows from the one before.
    for row, key, ticked in (("Ada", "x", "Tick clients"), ("Ada", "x", "1 client"), ("Cy", "Shift+X", "3 clients")):
        page.get_by_role("link", name=f"{row} Client").focus()
        page.keyboard.press(key)
        expect(page.locator("[data-ticked-words]")).to_contain_text(ticked)
    page.get_by_label("Find by name, phone, birth date or number").press_sequentially("bea")
    expect(page.get_by_label("Tick Ada Client")).to_have_count(0)
    expect(page.get_by_role("button", name="Assign staff")).to_be_disabled()
    page.get_by_label("Tick Bea Client").check()
    expect(page.get_by_role("button", name="Assign staff")).to_be_enabled()


def test_without_scripts_the_choice_is_a_page(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    clients(practice, "Ada")
    at = desk(DESK, java_script_enabled=False).sign_in(practice.email("owner"))
    page = at.open("/clients")
    page.get_by_role("button", name="Assign staff").click()
    expect(page.get_by_text("Tick the clients first.")).to_be_visible()
    page = at.open("/clients")
    page.get_by_label("Tick Ada Client").check()
    choose(page, practice.staff_ids["therapist"])
    expect(page.get_by_role("heading", name="Assign staff to clients")).to_be_visible()
    assert "/jobs/clients/" in page.url


def test_who_may_not_assign_sees_no_boxes_and_nobody_sees_anothers_job(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    (client_id,) = clients(practice, "Ada")
    body = {"staff_id": practice.staff_ids["therapist"], "client_ids": [client_id]}
    job = practice.owner.post("/assignments", body, expect=202)["id"]
    assert practice.staff_ids["desk"]
    at = desk().sign_in(practice.email("desk"))
    page = at.open("/clients")
    expect(page.get_by_role("link", name="Ada Client")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("button", name="Assign staff")).to_have_count(0)
    page.goto(f"{at.url}/jobs/clients/{job}")
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
