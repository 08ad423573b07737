"""Whole journeys through the browser, as people take them: nothing is done through the API but looking at the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.agenda import card, drag, opened, slot, start_of
from tests.browser.conftest import Desk
from tests.practice import Practice

PASSWORD: Final = "otter piano gravel 58"
PROFILE: Final = {
    "Phone": "518 555 0100",
    "Street and number": "12 Mill Lane",
    "City": "Albany",
    "State": "NY",
    "ZIP code": "12207-1234",
    "NPI": "1234567893",
}
ZONE: Final = "America/New_York"


def fill(room: Any, **values: str) -> None:
    """Labels, with _ for a space, and what goes into their inputs."""
    for label, value in values.items():
        room.get_by_label(label.replace("_", " "), exact=True).fill(value)


def next_step(at: Desk, name: str) -> Page:
    """From Home to where the card of first steps leads."""
    page = at.open("/home")
    page.get_by_role("region", name="Set up Mill Lane").get_by_role("link", name=name).click()
    return page


def done(at: Desk, count: int) -> None:
    """So many of the first steps are done."""
    page = at.open("/home")
    expect(page.get_by_role("region", name="Set up").get_by_text(f"{count} of 8 done.")).to_be_visible()


@pytest.mark.timeout(180)
def test_a_new_practice_takes_every_first_step(desk: Any, embedded_stack: Stack, web_practice: Practice) -> None:
    """J1: settings, service, a therapist, a client, who treats them, intake, a note, an invoice: 8 of 8."""
    at: Desk = desk(timezone_id=ZONE)
    page = at.open("/sign-up")
    fill(page, Practice_name="Mill Lane", Given_name="Maya", Family_name="Lind")
    fill(page, **{"E-mail": web_practice.email("maya"), "Password": PASSWORD})
    page.get_by_role("button", name="Start the practice").click()
    at.arrive("/home")
    done(at, 0)

    page = next_step(at, "Fill in Update organization settings")
    profile = page.get_by_role("region", name="Practice profile")
    for label, value in PROFILE.items():
        profile.get_by_label(label).fill(value)
    profile.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    done(at, 1)

    page = next_step(at, "Add services")
    page.get_by_role("link", name="Add service").first.click()
    fill(page, Name="Psychotherapy 60", Code="90837")
    page.get_by_label("Rate of one unit, in dollars").fill("150")
    page.get_by_label("Length in minutes").fill("60")
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_text("The service is added.")).to_be_visible()
    done(at, 2)

    page = next_step(at, "Add staff and set permissions")
    room = page.locator("#main")
    page.get_by_role("link", name="Add member of staff").or_(page.get_by_role("button", name="Add and invite")).click()
    fill(room, Given_name="Theo", Family_name="Rapp")
    room.get_by_label("E-mail").fill(web_practice.email("theo"))
    room.get_by_label("Number").fill("NY-1")
    room.get_by_label("State").fill("NY")
    room.get_by_label("Last day in force").fill("2035-01-01")
    room.get_by_label("Therapist", exact=False).first.check()
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_role("heading", name="Theo Rapp is invited")).to_be_visible()
    link = room.get_by_label("Link").input_value()
    theirs: Desk = desk(timezone_id=ZONE)
    therapist = theirs.open(link.removeprefix(at.url))
    fill(therapist, Password=PASSWORD)
    therapist.get_by_role("button", name="Join the practice").click()
    theirs.arrive("/home")
    done(at, 3)

    page = next_step(at, "Add Add clients")
    fill(page, Given_name="Ada", Family_name="Nowak", Birth_date="1990-01-02")
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Nowak")
    chart = page.url.removeprefix(at.url).partition("?")[0]
    done(at, 4)

    page = next_step(at, "Assign staff to clients")
    page.get_by_role("link", name="Ada Nowak").click()
    page.get_by_role("navigation", name="Client record").get_by_role("link", name="Details").click()
    page.get_by_label("Assign").select_option("Theo Rapp")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("They are assigned, and on every open case.")).to_be_visible()
    done(at, 5)

    therapist = theirs.open(f"/intake/{chart.rpartition('/')[2]}/diagnosis")
    therapist.get_by_role("button", name="Open case").click()
    words = therapist.get_by_label("Code or words (ICD-10-CM)")
    words.press_sequentially("F41.1")
    therapist.get_by_role("option", name="F41.1").click()
    therapist.get_by_role("button", name="Add diagnosis").click()
    expect(therapist.get_by_text("The diagnosis is added.")).to_be_visible()
    therapist.get_by_role("link", name="Go on to the plan").click()
    therapist.get_by_role("textbox", name="Problem").fill("Worries most of the day.")
    therapist.get_by_role("textbox", name="Goal").fill("Feel calm on most days.")
    therapist.get_by_role("textbox", name="Objective").first.fill("Sleeps through the night.")
    therapist.get_by_label("How to tell that it is reached").first.fill("Hours in the sleep log.")
    therapist.get_by_label("What is done").first.fill("Cognitive behavioral therapy")
    therapist.get_by_label("How often").first.fill("weekly")
    therapist.get_by_role("button", name="Save and review").click()
    therapist.get_by_role("button", name="Sign plan").click()
    expect(therapist.get_by_text("The plan is signed.")).to_be_visible()
    done(at, 6)

    yesterday = clock.today(ZONE) - timedelta(days=1)
    therapist = theirs.open(f"/agenda/new?on={yesterday}&at=09:00")
    therapist.get_by_label("Client", exact=True).fill("now")
    therapist.get_by_role("option", name="Ada Nowak").click()
    therapist.get_by_role("button", name="Book appointment").click()
    expect(therapist.locator(".toast")).to_be_visible()
    therapist = theirs.open(f"/agenda?view=list&on={yesterday}")
    therapist.get_by_role("link", name="Ada Nowak").click()
    panel = therapist.get_by_role("dialog", name="Appointment")
    panel.get_by_role("button", name="Kept").click()
    expect(panel.get_by_role("button", name="Kept")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="Write note").click()
    expect(therapist.get_by_role("heading", name="Progress note", level=1)).to_be_visible()
    for section in ("Subjective", "Objective", "Assessment", "Plan"):
        therapist.get_by_label(section, exact=True).fill("Slept well.")
    therapist.get_by_label("Minutes").fill("55")
    expect(therapist.locator(".note-bar")).to_contain_text("Saved ")
    therapist.get_by_label("Plan", exact=True).press("Control+Enter")
    therapist.get_by_role("dialog").get_by_role("button", name="Sign and lock").click()
    expect(therapist.get_by_text("Electronically signed by Theo Rapp")).to_be_visible()
    done(at, 7)

    page = next_step(at, "Create an invoice")
    page.get_by_role("button", name="Issue what is ticked").click()
    page.get_by_role("button", name="Issue 1 invoice").click()
    expect(page.get_by_text("1 of 1, 1 issued.")).to_be_visible()
    page = at.open("/home")
    expect(page.get_by_role("region", name="Setup is complete")).to_be_visible()
    maya = ApiClient(web_practice.url).sign_in(web_practice.email("maya"), PASSWORD)
    wait_until(lambda: maya.get("/me")["preferences"]["setup_completed_on"] is not None)
    maya.patch("/me/preferences", {"setup_completed_on": "2026-01-01"})
    page = at.open("/home")
    expect(page.get_by_role("button", name="Show the first steps")).to_be_visible()
    expect(page.get_by_text("Setup is complete")).to_have_count(0)


def test_the_front_desk_books_and_moves_while_the_client_waits(desk: Any, web_practice: Practice) -> None:
    """J3: the client is found, booked into a free time, and moved by a drag and then by keys; each is said."""
    practice = Practice(web_practice.url)
    assert practice.staff_ids["desk"]
    client_id, _ = practice.new_client(given_name="Phoebe")
    at = opened(desk, practice, "desk", "/home")
    page = at.page
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search clients or run a command").press_sequentially("phoe")
    expect(page.get_by_role("option", name="Phoebe Client")).to_be_visible()
    page.keyboard.press("Enter")
    at.arrive(f"/clients/{client_id}")
    page.get_by_role("link", name="Schedule").first.click()
    expect(page.get_by_label("Client", exact=True)).to_have_value("Phoebe Client")
    page.get_by_label("Date", exact=True).fill("2027-09-06")
    page.get_by_label("Starts").fill("10:00")
    page.get_by_label("With", exact=True).select_option(label="Therapist Staff")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("The appointment is booked.")).to_be_visible()

    (booked,) = practice.owner.get("/agenda", **{"from": "2027-09-06", "to": "2027-09-06"})["items"]
    page = at.open("/agenda?view=week&on=2027-09-06&staff=everybody")
    drag(page, slot(page, "2027-09-06", 10.25), slot(page, "2027-09-08", 14.25))
    expect(page.get_by_text("Moved to Wed, Sep 8, 2027, 2:00")).to_be_visible()
    assert start_of(practice, booked["id"])[0] == "2027-09-08T14:00"
    expect(page.get_by_role("region", name="Wednesday, September 8, 1 appointment")).to_be_visible()
    card(page, booked["id"]).focus()
    for key in ("m", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_contain_text("Thu")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to Thu, Sep 9, 2027, 1:45")).to_be_visible()
    expect(card(page, booked["id"])).to_be_focused()
    assert start_of(practice, booked["id"])[0] == "2027-09-09T13:45"
