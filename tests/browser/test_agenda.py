"""The agenda in the browser: what is booked, its views and colours, on a phone and on paper, and who sees it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.agenda import card, opened, practice_with_hours
from tests.browser.conftest import DESK, PHONE
from tests.practice import Practice

CLOSED_THEN: Final = {"override": {"reason": "They cannot come on another day."}}


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """With hours, a therapist, a front desk and a manager."""
    return practice_with_hours(web_practice.url)


def test_the_third_mark_is_for_who_may_know_of_invoices(desk: Any, practice: Practice) -> None:
    """What bills a session is said to those who read invoices; the others see two marks."""
    booked = practice.document(practice.new_client()[0], "2026-03-16T09:00")
    practice.draft_of(booked)
    for who, marks in (("therapist", 2), ("owner", 3)):
        page = opened(desk, practice, who, "/agenda?view=week&on=2026-03-16&staff=").page
        expect(card(page, booked).locator(".marks i")).to_have_count(marks)
        expect(page.get_by_role("button", name="1 to invoice")).to_have_count(marks - 2)
    card(page, booked).click()
    expect(page.get_by_text("The draft invoice was made")).to_be_visible()
    expect(page.get_by_text("It is documented, so it stays as it is.")).to_be_visible()


def test_a_week_in_which_clocks_change_and_a_night(desk: Any, practice: Practice) -> None:
    """B27, B28: local times are drawn; what goes on after midnight shows on both days; a quarter of an hour too."""
    before = practice.book(practice.new_client()[0], "2027-03-12T10:00")
    after = practice.book(practice.new_client()[0], "2027-03-14T10:00", **CLOSED_THEN)
    night = practice.book(practice.new_client()[0], "2027-03-11T23:30", duration_minutes=90, **CLOSED_THEN)
    short = practice.book(practice.new_client()[0], "2027-03-11T09:00", duration_minutes=15)
    page = opened(desk, practice, "therapist", "/agenda?on=2027-03-14&view=week").page
    expect(card(page, after)).to_contain_text("10:00")
    page.goto(page.url.replace("2027-03-14", "2027-03-11"))
    assert card(page, before).get_attribute("data-begins") == "600"
    expect(card(page, night)).to_contain_text("11:30")
    expect(page.locator('.day[data-day="2027-03-12"] .continued')).to_contain_text("until 1:00")
    expect(card(page, short)).to_be_visible()


def test_it_looks_again_by_itself_and_keeps_no_session_alive(desk: Any, practice: Practice) -> None:
    """B18: what a colleague books appears; nothing is asked while somebody is in the middle of something."""
    at = desk()
    at.page.clock.install()
    at.sign_in(practice.email("therapist"))
    page = at.open("/agenda?on=2027-04-05")
    headers: list[dict[str, str]] = []
    page.on("request", lambda request: headers.append(request.all_headers()) if "/agenda/grid" in request.url else None)
    with page.expect_response("**/agenda/grid*") as same:
        page.clock.run_for(31_000)
    assert same.value.status == 304
    booked = practice.book(practice.new_client()[0], "2027-04-06T09:00")
    page.clock.run_for(31_000)
    expect(card(page, booked)).to_be_visible()
    assert all(sent["caseload-background"] == "true" for sent in headers)
    card(page, booked).click()
    expect(page.get_by_role("dialog", name="Appointment")).to_be_visible()
    count = len(headers)
    page.clock.run_for(95_000)
    assert len(headers) == count


def test_a_therapist_looks_at_everybody_and_back_at_their_own(desk: Any, practice: Practice) -> None:
    """Both are there the next time, and on another device: the account keeps them, not the browser."""
    practice.add("second", "therapist")
    other = practice.book(practice.new_client()[0], "2027-08-02T09:00")
    page = opened(desk, practice, "second", "/agenda?on=2027-08-02").page
    expect(card(page, other)).to_have_count(0)
    people = page.get_by_role("navigation", name="Whose agenda")
    people.get_by_role("link", name="Everybody").click()
    expect(card(page, other)).to_be_visible()
    page.get_by_role("navigation", name="View").get_by_role("link", name="List").click()
    expect(page.locator(f'[data-appointment="{other}"]')).to_be_visible()

    def kept() -> bool:
        preferences = practice.people["second"].get("/me")["preferences"]
        return (preferences["agenda_view"], preferences["agenda_staff"]) == ("list", [])

    wait_until(kept, 10, "the view and the people in the account")
    page = opened(desk, practice, "second", "/agenda?on=2027-08-02").page
    expect(page.get_by_role("navigation", name="View").locator("[aria-current]")).to_have_text("List")
    expect(page.locator(f'[data-appointment="{other}"]')).to_be_visible()
    page.get_by_role("navigation", name="Whose agenda").get_by_role("link", name="Second Staff").click()
    expect(page.locator(f'[data-appointment="{other}"]')).to_have_count(0)


def test_day_month_and_list_and_the_phone(desk: Any, practice: Practice) -> None:
    booked = practice.book(practice.new_client(given_name="Zoe")[0], "2027-05-03T09:00")
    at = opened(desk, practice, "desk", "/agenda?view=day&on=2027-05-03")
    page = at.page
    expect(page.get_by_role("region", name="Therapist Staff, Monday, May 3")).to_contain_text("Zoe Client")
    for view in ("Month", "List"):
        page.get_by_role("navigation", name="View").get_by_role("link", name=view).click()
        expect(page.get_by_text("Zoe Client")).to_be_visible()
        assert at.findings() == []
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text("Nothing is booked in this week")).to_be_visible()

    phone = opened(desk, practice, "desk", "/agenda?view=week&on=2027-05-03", PHONE, "dark")
    card(phone.page, booked).click()
    panel = phone.page.get_by_role("dialog", name="Appointment")
    expect(panel).to_be_visible()
    assert phone.findings() == [] and not phone.scrolls_sideways()
    panel.get_by_role("button", name="Close").click()
    days = phone.page.get_by_role("navigation", name="Days")
    days.get_by_role("link", name="Thursday, May 6").click()
    expect(phone.page.get_by_role("region", name="Thursday, May 6")).to_be_in_viewport()
    phone.page.get_by_role("link", name="New appointment").click()
    expect(phone.page.get_by_label("Date", exact=True)).to_have_value("2027-05-03")


def test_colours_say_the_person_the_service_or_the_status(desk: Any, practice: Practice) -> None:
    booked = practice.book(practice.new_client()[0], "2027-09-06T09:00")
    at = opened(desk, practice, "desk", "/agenda?view=week&on=2027-09-06&staff=")
    page = at.page
    hue = practice.owner.get(f"/staff/{practice.staff_ids['therapist']}")["hue"]
    expect(card(page, booked)).to_have_class(re.compile(rf"\b{hue}\b"))
    for colours, legend in (("Service", "60"), ("Status", "Booked")):
        page.get_by_role("button", name="Look").click()
        look = page.get_by_role("dialog", name="How the agenda looks")
        look.get_by_label(colours).check()
        assert at.findings() == []
        look.get_by_role("button", name="Save").click()
        expect(page.get_by_role("list", name="Colors")).to_contain_text(legend)
    expect(card(page, booked)).to_have_class(re.compile(r"\bc5\b"))
    preferences = practice.people["desk"].get("/me")["preferences"]
    assert (preferences["agenda_colours"], preferences["agenda_initials"]) == ("status", True)
    practice.people["desk"].patch("/me/preferences", {"agenda_colours": "person"})


def test_paper_shows_initials_unless_somebody_wants_names(desk: Any, practice: Practice) -> None:
    booked = practice.book(practice.new_client(given_name="Zoe")[0], "2027-09-14T09:00")
    at = opened(desk, practice, "manager", "/agenda?view=week&on=2027-09-14&staff=")
    page = at.page
    named = card(page, booked).get_by_text("Zoe Client", exact=True)
    drawn = "one => [getComputedStyle(one, '::before').content, getComputedStyle(one, '::before').visibility]"
    expect(named).to_be_visible()
    assert named.evaluate(drawn)[0] == "none"
    page.emulate_media(media="print")
    assert named.evaluate(drawn) == ['"Z.C."', "visible"]
    expect(named).to_be_hidden()
    for view in ("month", "list"):
        at.open(f"/agenda?view={view}&on=2027-09-14&staff=")
        expect(page.get_by_text("Z.C.", exact=True)).to_be_visible()
        expect(page.get_by_text("Zoe Client", exact=True)).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Look").click()
    page.get_by_label("Initials on paper").uncheck()
    page.get_by_role("button", name="Save").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("Zoe Client", exact=True)).to_be_visible()


def test_a_stranger_to_the_record_gets_no_panel(desk: Any, practice: Practice) -> None:
    other = Practice(practice.url)
    booked = other.book(other.new_client()[0], f"{clock.now() + timedelta(days=9):%Y-%m-%d}T09:00")
    page = opened(desk, practice, "desk", f"/agenda/appointments/{booked}", DESK).page
    expect(page.get_by_role("heading", level=1)).to_contain_text("not")


def test_a_time_at_which_the_practice_is_closed_is_booked_with_a_reason_alone(desk: Any, practice: Practice) -> None:
    """The form says why; who may not book in spite of a conflict is told so, who may gives a reason."""
    client_id = practice.new_client()[0]
    path = f"/agenda/new?on=2027-02-01&at=18:00&client_id={client_id}&staff_id={practice.staff_ids['therapist']}"
    page = opened(desk, practice, "desk", path).page
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("The practice is closed then.")).to_be_visible()
    expect(page.get_by_text("The practice is open from 9:00 am to 5:00 pm on Mondays.")).to_be_visible()
    expect(page.get_by_text("ask somebody who may book in spite of a conflict")).to_be_visible()
    at = opened(desk, practice, "manager", path)
    page = at.page
    page.get_by_role("button", name="Book appointment").click()
    page.get_by_label("Why it takes place all the same").fill("They cannot come on another day.")
    assert at.findings() == []
    page.get_by_role("button", name="Book all the same").click()
    expect(page.get_by_text("The appointment is booked.")).to_be_visible()
