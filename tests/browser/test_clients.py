"""Clients in the browser: the list, searching, adding, details, the care team, two windows, and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.conftest import DESK, Desk
from tests.practice import Practice

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "שלום בن"


def add(practice: Practice, given: str, family: str = "Client", **more: Any) -> str:
    """A client; returns the id."""
    body = {"given_name": given, "family_name": family, "date_of_birth": "1990-01-02", **more}
    return str(practice.owner.post("/clients", body)["id"])


def window(desk: Any, practice: Practice, name: str) -> Desk:
    """A browser of that person, who joins first where nobody asked for them yet."""
    assert practice.staff_ids[name]
    opened: Desk = desk().sign_in(practice.email(name))
    return opened


@pytest.mark.abuse("A-XSS-client-name")
def test_the_list_finds_by_name_and_number_and_tells_the_address_nothing(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = window(desk, practice, "owner")
    page = at.open("/clients")
    expect(page.get_by_role("heading", name="No clients yet")).to_be_visible()

    add(practice, "Hannah", "Lindqvist", phone="+15035550142")
    add(practice, HOSTILE, RIGHT_TO_LEFT)
    gone = add(practice, "Jordan", "Ellis")
    practice.owner.patch(f"/clients/{gone}", {"status": "archived"})
    page = at.open("/clients")
    expect(page.get_by_text("(503) 555-0142")).to_be_visible()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    expect(page.get_by_text("Jordan")).to_have_count(0)

    find = page.get_by_label("Find by name, phone, birth date or number")
    find.press_sequentially("lind han")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Hannah Lindqvist")).to_be_visible()
    find.fill("1001")
    expect(page.get_by_role("link", name="Hannah Lindqvist")).to_be_visible()
    find.fill("jordan")
    expect(page.get_by_role("heading", name="No client matches “jordan”")).to_be_visible()
    page.get_by_role("button", name="Look among all clients").click()
    expect(page.get_by_role("link", name="Jordan Ellis")).to_be_visible()
    assert page.url == at.url + "/clients"

    find.fill("")
    page.get_by_label("Status").select_option("archived")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    assert at.findings() == []


def test_a_click_anywhere_on_a_row_opens_the_chart_and_a_phone_is_still_called(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    client_id = add(practice, "Hannah", phone="+15035550142")
    at = window(desk, practice, "owner")
    page = at.open("/clients")
    expect(page.get_by_role("link", name="(503) 555-0142")).to_have_attribute("href", "tel:+15035550142")
    page.get_by_role("cell", name="1001").click()
    at.arrive(f"/clients/{client_id}")


def test_the_list_says_who_sees_a_client_when_and_what_is_owed(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    add(practice, "Zoe")
    today = clock.today("America/New_York")
    kept, coming = today - timedelta(days=3), today + timedelta(days=3)
    appointment = practice.book(client_id, f"{kept}T10:00")
    practice.owner.post(f"/appointments/{appointment}/status", {"status": "arrived"}, expect=200)
    practice.book(client_id, f"{coming}T10:00")
    paid = {"client_id": client_id, "amount_cents": 5_000, "method": "card", "received_on": str(today)}
    practice.owner.post("/payments", paid)
    at = window(desk, practice, "owner")
    page = at.open("/clients")
    first, second = page.locator("[data-rows] tr").all()
    for words in ("Therapist Staff", f"{kept:%b} {kept.day}", f"{coming:%b} {coming.day}", "$50.00 credit"):
        expect(first).to_contain_text(words)
    expect(second).to_contain_text("Nobody assigned")
    expect(second).to_contain_text("Nothing booked")

    page.get_by_role("columnheader", name="Number").get_by_role("link").click()
    page.get_by_role("columnheader", name="Number").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("[data-rows] tr").first).to_contain_text("Zoe Client")
    page.get_by_label("Find by name, phone, birth date or number").press_sequentially("zo")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    expect(page.get_by_role("columnheader").get_by_role("link")).to_have_count(0)

    page = window(desk, practice, "desk").open("/clients")
    expect(page.locator("[data-rows] tr").first).to_contain_text("Therapist Staff")
    expect(page.get_by_role("columnheader", name="Balance")).to_have_count(0)


def test_rows_are_walked_with_keys(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    first, second = add(practice, "Ada", "Abel"), add(practice, "Bea", "Bell")
    assert first != second
    at = window(desk, practice, "desk")
    page = at.open("/clients")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    at.arrive(f"/clients/{second}")


def test_the_list_works_without_scripts(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    for number in range(51):
        add(practice, "Lena", f"Kay{chr(97 + number // 26)}{chr(97 + number % 26)}")
    at = desk(DESK, java_script_enabled=False).sign_in(practice.email("owner"))
    page = at.open("/clients")
    page.get_by_label("Find by name, phone, birth date or number").fill("lena")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("[data-rows] tr")).to_have_count(50)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("link", name="Lena Kayby")).to_be_visible()
    expect(page.get_by_label("Find by name, phone, birth date or number")).to_have_value("lena")
    assert "lena" not in page.url.lower()
    at.open("/clients")
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("[data-rows] tr")).to_have_count(1)


def test_who_sees_assigned_clients_only_finds_no_others(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("narrow", "therapist", grants=["assigned_only"])
    add(practice, "Foreign")
    theirs = add(practice, "Familiar")
    practice.owner.put(f"/clients/{theirs}/staff/{practice.staff_ids['narrow']}")
    page = window(desk, practice, "narrow").open("/clients")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    page.get_by_label("Find by name, phone, birth date or number").press_sequentially("for")
    expect(page.get_by_role("heading", name="No client matches “for”")).to_be_visible()
    page.get_by_label("Find by name, phone, birth date or number").fill("fam")
    expect(page.get_by_role("link", name="Familiar Client")).to_be_visible()


def test_mine_are_those_whom_i_am_assigned_to_and_nobodys_those_without_anybody(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    practice.new_client(given_name="Assigned")
    add(practice, "Unassigned")
    page = window(desk, practice, "therapist").open("/clients")
    expect(page.locator("[data-rows] tr")).to_have_count(2)
    page.get_by_label("Assigned to").select_option("Mine")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Assigned Client")).to_be_visible()
    page.get_by_label("Assigned to").select_option("Nobody’s")
    expect(page.get_by_role("link", name="Unassigned Client")).to_be_visible()
    expect(page.locator("[data-rows] tr")).to_have_count(1)


def test_a_client_who_is_not_found_is_added(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    assert practice.staff_ids["therapist"]
    at = window(desk, practice, "owner")
    page = at.open("/clients")
    page.get_by_label("Find by name, phone, birth date or number").press_sequentially("lena k")
    page.get_by_role("button", name="Add Lena K as a new client").click()
    expect(page.get_by_label("Given name")).to_have_value("Lena")
    expect(page.get_by_label("Family name")).to_have_value("K")
    assert "lena" not in page.url.lower()

    page.get_by_label("Birth date").fill("1990-01-02")
    page.get_by_label("Phone optional", exact=True).fill("12")
    page.get_by_label("ZIP code").fill("10001")
    page.get_by_label("Therapist Staff").check()
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text("Not a telephone number. Give it with its area code.")).to_be_visible()
    expect(page.get_by_label("Phone optional", exact=True)).to_be_focused()
    expect(page.get_by_label("ZIP code")).to_have_value("10001")
    expect(page.get_by_label("Therapist Staff")).to_be_checked()
    page.get_by_label("Phone optional", exact=True).fill("212 555 0142")
    page.get_by_label("ZIP code").fill("")
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_role("status").filter(has_text="The client is added.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lena K")
    client_id = page.url.rpartition("/")[2]
    assigned = practice.owner.get(f"/clients/{client_id}/staff")["items"]
    assert [assignment["staff_id"] for assignment in assigned] == [practice.staff_ids["therapist"]]


def test_somebody_of_the_same_name_and_birth_date_is_shown_before_anything_is_saved(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    there = add(practice, "Ada", "Quint")
    page = window(desk, practice, "desk").open("/clients/new")
    page.get_by_label("Given name").fill("Ada")
    page.get_by_label("Family name").fill("Quint")
    page.get_by_label("Birth date").fill("1990-01-02")
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text("Somebody of this name and birth date is a client already.")).to_be_visible()
    expect(page.get_by_role("link", name="Ada Quint, number 1001")).to_have_attribute("href", f"/clients/{there}")
    assert len(practice.owner.get("/clients")["items"]) == 1
    page.get_by_role("button", name="Add anyway").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Quint")
    assert len(practice.owner.get("/clients")["items"]) == 2


def test_a_double_click_adds_one_client(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    page = window(desk, practice, "desk").open("/clients/new")
    page.get_by_label("Given name").fill("Once")
    page.get_by_label("Family name").fill("Only")
    page.get_by_label("Birth date").fill("1990-01-02")
    page.get_by_role("button", name="Add client").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Once Only")
    assert len(practice.owner.get("/clients")["items"]) == 1


def test_two_windows_change_one_client_and_neither_text_is_lost(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id = add(practice, "Ada")
    window_of_desk = window(desk, practice, "desk").open(f"/clients/{client_id}/details/edit")
    other = window(desk, practice, "owner").open(f"/clients/{client_id}/details/edit")
    other.get_by_label("Preferred name").fill("Adi")
    other.get_by_role("button", name="Save details").click()
    expect(other.locator("#toasts")).to_have_text("Saved.")

    window_of_desk.get_by_label("E-mail", exact=False).first.fill("ada@example.test")
    window_of_desk.get_by_role("button", name="Save details").click()
    expect(window_of_desk.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
    expect(window_of_desk.get_by_text("Preferred name is now: Adi")).to_be_visible()
    expect(window_of_desk.get_by_label("E-mail", exact=False).first).to_have_value("ada@example.test")
    window_of_desk.get_by_label("Preferred name").fill("Adi")
    window_of_desk.get_by_role("button", name="Save details").click()
    expect(window_of_desk.locator("#toasts")).to_have_text("Saved.")
    expect(window_of_desk.get_by_role("region", name="Names").get_by_role("definition")).to_have_text(
        ["Ada", "Client", "Adi"]
    )
    stored = practice.owner.get(f"/clients/{client_id}")
    assert (stored["preferred_name"], stored["email"]) == ("Adi", "ada@example.test")


def test_an_address_is_emptied_a_contact_is_added_and_what_is_wrong_is_refused(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    address = {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001"}
    client_id = add(practice, "Ada", address=address)
    page = window(desk, practice, "desk").open(f"/clients/{client_id}/details/edit")
    page.get_by_label("State").fill("CA")
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_text("This ZIP code is not one of that state.")).to_be_visible()
    for label in ("Street and number", "City", "State", "ZIP code"):
        page.get_by_label(label).fill("")
    page.get_by_text("Another way to reach them").click()
    further = page.get_by_role("group", name="Further contact 1")
    further.get_by_label("Number, address or other").fill("12")
    page.get_by_role("button", name="Save details").click()
    expect(further.get_by_text("Not a telephone number.")).to_be_visible()
    further.get_by_label("Number, address or other").fill("518 555 0177")
    further.get_by_label("Which one").fill("work")
    further.get_by_label("Consent").select_option("Do not use")
    page.get_by_role("button", name="Save details").click()
    expect(page.locator("#toasts")).to_have_text("Saved.")
    assert practice.owner.get(f"/clients/{client_id}")["address"] is None
    reach = page.get_by_role("region", name="How to reach them").get_by_role("definition")
    expect(reach).to_have_text("(518) 555-0177 · do not use")


def test_story_10_whom_the_manager_assigns_stands_on_the_care_team_with_who_and_when(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    practice.add("second", "therapist")
    page = window(desk, practice, "manager").open(f"/clients/{client_id}/details")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Choose somebody first.")).to_be_visible()
    page.get_by_label("Assign").select_option("Second Staff")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("They are assigned, and on every open case.")).to_be_visible()
    history = page.get_by_role("region", name="Who came and went")
    expect(history.get_by_role("listitem").first).to_contain_text("Second Staff was assigned")
    expect(history.get_by_role("listitem").first).to_contain_text("Manager Staff")

    team = page.get_by_role("region", name="Care team")
    team.get_by_role("listitem").filter(has_text="Second Staff").get_by_role("button", name="Take off").click()
    expect(page.get_by_text("They are off the client and all cases.")).to_be_visible()
    assert [assignment["staff_id"] for assignment in practice.owner.get(f"/clients/{client_id}/staff")["items"]] == [
        practice.staff_ids["therapist"]
    ]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("They are assigned, and on every open case.")).to_be_visible()
    assert len(practice.owner.get(f"/clients/{client_id}/staff")["items"]) == 2


def test_who_may_not_assign_sees_the_care_team_and_no_button(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    page = window(desk, practice, "desk").open(f"/clients/{client_id}/details")
    expect(page.get_by_role("region", name="Care team").get_by_text("Therapist Staff")).to_be_visible()
    expect(page.get_by_role("button", name="Take off")).to_have_count(0)
    expect(page.get_by_label("Assign")).to_have_count(0)


def test_story_11_whom_a_case_brings_in_stands_on_the_clients_care_team(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, case_id = practice.new_client()
    group_id = practice.people["therapist"].post("/cases", {"client_id": client_id, "name": "Group"})["id"]
    practice.add("third", "therapist")
    practice.people["manager"].put(f"/cases/{case_id}/staff/{practice.staff_ids['third']}")

    def assigned() -> bool:
        items = practice.owner.get(f"/clients/{client_id}/staff")["items"]
        return practice.staff_ids["third"] in {assignment["staff_id"] for assignment in items}

    wait_until(assigned, 20, "the assignment")
    page = window(desk, practice, "manager").open(f"/clients/{client_id}/details")
    expect(page.get_by_role("region", name="Care team")).to_contain_text("Third Staff")
    history = page.get_by_role("region", name="Who came and went")
    expect(history.get_by_role("listitem").first).to_contain_text("Third Staff was assigned")
    expect(history.get_by_role("listitem").first).to_contain_text("through a case")
    assert practice.staff_ids["third"] not in practice.owner.get(f"/cases/{group_id}")["staff_ids"]


@pytest.mark.abuse("A-XSS-client-details")
def test_what_people_typed_is_text_on_every_page_of_the_chart(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    more = {
        "preferred_name": RIGHT_TO_LEFT,
        "pronouns": "<b>they</b>",
        "emergency_contact": {"name": HOSTILE, "relationship": HOSTILE, "phone": "+12125550142"},
        "address": {"line1": HOSTILE, "city": "New York", "state": "NY", "postal_code": "10001"},
    }
    client_id = add(practice, HOSTILE, "W" * 60, **more)
    at = window(desk, practice, "owner")
    for part in ("", "/appointments", "/details", "/activity"):
        page = at.open(f"/clients/{client_id}{part}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("<b>they</b>")
        assert "taken" not in page.title() and not at.scrolls_sideways()
        assert "W" not in page.title().replace("W.", "")
