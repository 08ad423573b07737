"""Home: the first steps of a new practice, and the palette and keys that lead on from there."""

from __future__ import annotations

import re
from typing import Any, Final
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from gateway.web.navigation import GROUPS
from shared import clock
from shared.testing.waiting import wait_until
from tests.practice import Practice

# In one of them it is about noon, whenever the tests run.
ZONES: Final = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/New_York",
    "Europe/London",
    "Asia/Dubai",
    "Asia/Tokyo",
    "Pacific/Auckland",
)


def test_a_new_practice_sees_what_is_to_be_done_first(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/home")
    card = page.get_by_role("region", name="Set up Practice")
    expect(card.get_by_text("1 of 8 done.")).to_be_visible()  # its practice was given a service
    expect(card.get_by_text("1 service", exact=True)).to_be_visible()
    expect(card.locator(".button.primary")).to_have_count(1)

    card.get_by_role("button", name="Just me").click()
    expect(page.get_by_text("Nobody else works here. You can add staff at any time.")).to_be_visible()
    expect(card.get_by_text("2 of 8 done.")).to_be_visible()
    assert page.url == f"{at.url}/home"  # said once, not again at a reload
    assigning = card.get_by_role("link", name="Assign Assign staff to clients")
    expect(assigning).to_have_attribute("href", "/clients?assigned_to=nobody")

    card.get_by_role("button", name="Hide the first steps").click()
    expect(card).to_have_count(0)
    at.open("/settings")
    expect(card.get_by_text("2 of 8 done.")).to_be_visible()
    card.get_by_role("button", name="Show on Home").click()
    at.arrive("/home")
    expect(card).to_be_visible()


def test_who_cannot_set_a_practice_up_sees_no_first_steps(desk: Any, web_practice: Practice) -> None:
    assert web_practice.staff_ids["desk"]  # has joined
    at = desk().sign_in(web_practice.email("desk"))
    page = at.open("/home")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Set up Practice")).to_have_count(0)
    expect(page.get_by_role("button", name="Show the first steps")).to_have_count(0)


def test_palette_and_keys_lead_on_and_are_silent_in_fields(desk: Any, web_practice: Practice) -> None:
    """The palette filters and opens, Esc gives focus back, and single keys lead to pages."""
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/home")
    opener = page.get_by_role("button", name="Search clients or run a command")
    opener.focus()
    page.keyboard.press("Control+k")
    query = page.get_by_role("combobox", name="Search clients or run a command")
    expect(query).to_be_focused()
    page.keyboard.type("zzz")
    expect(page.get_by_text("Nothing here has that name.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("Control+k")
    expect(query).to_be_focused()
    page.keyboard.type("help")
    expect(page.get_by_role("option", name="Help")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    at.arrive("/help")
    page.keyboard.type("gh")
    at.arrive("/home")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    assert at.findings() == []
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#new-menu a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#new-menu")).not_to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("c")
    at.arrive("/clients/new")
    typed = page.locator("#main input:not([type=hidden])").first
    typed.focus()
    page.keyboard.type("gh n?")
    expect(typed).to_have_value("gh n?")
    expect(page.locator("dialog[open], [popover]:popover-open")).to_have_count(0)
    assert page.url == f"{at.url}/clients/new"


def test_every_place_with_a_key_is_reached_by_it_unless_single_keys_are_off(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/home")
    for item in (item for group in GROUPS for item in group.items if item.key):
        page.keyboard.type(f"g{item.key.lower()}")
        expect(page).to_have_url(re.compile(rf"{re.escape(at.url + item.path)}(\?|$)"))
        page.wait_for_load_state()
    practice = Practice(web_practice.url)
    practice.owner.patch("/me/preferences", {"single_keys": False})
    page = desk().sign_in(practice.email("owner")).open("/home")
    stayed = page.url
    page.keyboard.type("ga?nj")
    expect(page.locator("dialog[open], [popover]:popover-open")).to_have_count(0)
    assert page.url == stayed
    page.keyboard.press("Control+k")  # no single key
    expect(page.locator("#palette")).to_be_visible()


def test_a_page_says_that_the_connection_is_gone_and_that_a_new_version_is_there(
    desk: Any, web_practice: Practice
) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/settings")
    bar, save = page.locator("#offline"), page.get_by_role("button", name="Save profile")
    expect(bar).to_be_hidden()
    page.context.set_offline(True)
    expect(bar).to_contain_text("You can keep writing; nothing else will save.")
    expect(save).to_be_disabled()
    expect(save).to_have_attribute("title", re.compile("No connection since .*[AP]M"))
    assert at.findings() == []
    page.context.set_offline(False)
    expect(bar).to_be_hidden()
    expect(save).to_be_enabled()
    expect(save).to_have_attribute("title", "")

    page.locator("#main").get_by_label("Phone").fill("half typed")
    page.evaluate("document.body.setAttribute('hx-headers', '{\"Caseload-Page-Release\": \"of yesterday\"}')")
    save.click()  # refused, which is an answer like any other
    expect(page.locator("#new-release")).to_have_text("A new version is ready. Reload")
    expect(page.locator("#main").get_by_label("Phone")).to_have_value("half typed")
    assert at.findings() == []
    page.on("dialog", lambda question: question.accept())  # of the browser: what was typed is not saved
    page.get_by_role("link", name="Reload").click()
    expect(page.locator("#new-release")).to_be_empty()


def test_the_theme_is_switched_and_stays(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/home")
    expect(page.locator("html")).to_have_attribute("data-theme", "system")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert at.findings() == []


def test_help_says_how_each_step_is_done(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/help")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add services")
    missing = page.goto(f"{at.url}/help/nowhere")
    assert missing is not None and missing.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This page does not exist")


def test_the_palette_finds_clients(desk: Any, web_practice: Practice) -> None:
    """Ctrl K, four letters, Enter: the chart. Nothing typed stands in an address."""
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client(given_name="Łena <i>")
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/home")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search clients or run a command").press_sequentially("lena")
    expect(page.get_by_role("option", name="Łena <i> Client")).to_be_visible()
    assert at.findings() == []
    page.keyboard.press("Enter")
    at.arrive(f"/clients/{client_id}")


def test_the_front_desk_sees_who_comes_today_and_says_what_became_of_them(desk: Any, web_practice: Practice) -> None:
    """A scheduler, who writes no notes and sees no money, has a Home of their own."""
    practice = Practice(web_practice.url)
    assert practice.staff_ids["desk"]  # has joined
    # Before the page is opened: the zone is in its frame, which is remembered for a while.
    here = min(ZONES, key=lambda zone: abs(clock.now().astimezone(ZoneInfo(zone)).hour - 13))
    practice.owner.patch("/organization", {"time_zone": here})
    at = desk().sign_in(practice.email("desk"))
    page = at.open("/home")
    expect(page.get_by_role("heading", name="Nobody is booked today")).to_be_visible()
    expect(page.get_by_text("Today is confirmed, and every client has somebody.")).to_be_visible()

    now = clock.now().astimezone(ZoneInfo(here))
    first, second = (practice.new_client(given_name=name)[0] for name in ("Zoe", "Yan"))
    practice.book(first, f"{now:%Y-%m-%d}T09:00", time_zone=here)
    practice.book(second, f"{now:%Y-%m-%d}T18:00", time_zone=here)
    alone = practice.owner.post("/clients", {"given_name": "Una", "family_name": "Lone", "date_of_birth": "1990-01-01"})
    assert alone["id"]
    page = at.open("/home")
    today = page.get_by_role("region", name="Today")
    to_do = page.get_by_role("region", name="To do")
    expect(to_do.get_by_text("1 client has nobody assigned")).to_be_visible()
    expect(to_do.get_by_text("1 appointment today to confirm")).to_be_visible()
    wait_until(lambda: practice.owner.get("/reports/clients/active?booked=nothing")["items"], 10, "who has nothing")
    page.reload()
    unbooked = page.get_by_role("region", name="Nothing booked").get_by_role("listitem").filter(has_text="Una Lone")
    expect(unbooked).to_contain_text("Was never here")
    expect(unbooked.get_by_role("link", name="Schedule Una Lone")).to_be_visible()
    assert at.findings() == []
    today.get_by_role("button", name="Confirm Yan Client").click()
    expect(today.get_by_text("Confirmed")).to_be_visible()
    today.get_by_role("button", name="Kept Zoe Client").click()
    expect(today.get_by_text("Zoe Client")).to_have_count(0)
    expect(page.get_by_text("2 sessions today, 1 done.")).to_be_visible()
    expect(to_do.get_by_text("to confirm")).to_have_count(0)
    to_do.get_by_role("link", name="Look: 1 client has nobody assigned").click()
    expect(page.get_by_role("link", name="Una Lone")).to_be_visible()


def test_a_biller_to_whom_nothing_is_left_is_told_so(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("biller", "billing")
    page = desk().sign_in(practice.email("biller")).open("/home")
    expect(page.get_by_text("No invoice waits to be issued or settled, and none is overdue.")).to_be_visible()
    expect(page.get_by_role("region", name="Today")).to_have_count(0)
