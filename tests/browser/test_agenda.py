"""The agenda in the browser: what is booked, booking, moving by pointer and keys, attendance, refusals."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from shared import clock
from tests.browser.conftest import DESK, PHONE, Desk
from tests.practice import Practice

MONDAY: Final = "2027-02-01"  # weeks ahead of the day that tests run on, for years
NAME: Final = "שלום <b>Ada</b>"


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """A practice with hours, two therapists and a front desk."""
    made = Practice(web_practice.url)
    hours = [
        {"weekday": day, "opens": "09:00", "closes": "17:00"}
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    ]
    made.owner.patch("/organization", {"business_hours": hours})
    for name in ("therapist", "desk", "manager"):
        assert made.staff_ids[name]
    return made


def opened(desk: Any, practice: Practice, who: str, path: str, *look: Any) -> Desk:
    at: Desk = desk(*look).sign_in(practice.email(who))
    at.open(path)
    return at


def card(page: Page, appointment_id: str) -> Any:
    return page.locator(f"#appointment-{appointment_id}")


def slot(page: Page, day: str, hour: float) -> tuple[float, float]:
    """Where on the screen an hour of a day is."""
    column = page.locator(f'.day[data-day="{day}"]')
    first = int(page.locator(".calendar").get_attribute("data-first") or 0)
    row = column.evaluate("one => parseFloat(getComputedStyle(one).gridTemplateRows)")
    below, eight = ((at_hour * 60 - first) / 5 * row for at_hour in (hour, 8))
    page.locator(".calendar-body").evaluate("(one, top) => { one.scrollTop = top }", eight - 20)
    box = column.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * 0.8, box["y"] + below + 2


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(begin[0], begin[1] + 8)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def start_of(practice: Practice, appointment_id: str) -> tuple[str, int]:
    found = practice.owner.get(f"/appointments/{appointment_id}")
    return found["starts_at_local"], found["duration_minutes"]


def test_booking_by_a_click_with_suggestions_and_a_conflict(desk: Any, practice: Practice) -> None:
    """B1, B22: the slot's day and time are in the dialog; a taken time is said in the form, which stays."""
    client_id, _ = practice.new_client(given_name=NAME)
    at = opened(desk, practice, "therapist", f"/agenda?on={MONDAY}")
    page = at.page
    page.mouse.click(*slot(page, "2027-02-02", 10))
    dialog = page.get_by_role("dialog", name="New appointment")
    expect(dialog.get_by_label("Date", exact=True)).to_have_value("2027-02-02")
    expect(dialog.get_by_label("Starts")).to_have_value("10:00")
    dialog.get_by_label("Client", exact=True).fill("של")
    option = page.get_by_role("option", name="<b>Ada</b>")
    expect(option).to_be_visible()
    assert at.findings() == []
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Client", exact=True)).to_have_value(f"{NAME} Client")
    dialog.get_by_role("button", name="Book appointment").dblclick()
    expect(page.get_by_text("The appointment is booked.")).to_be_visible()
    items = practice.owner.get("/agenda", **{"from": "2027-02-02", "to": "2027-02-02"})["items"]
    assert [(appointment["starts_at_local"], appointment["clients"][0]["id"]) for appointment in items] == [
        ("2027-02-02T10:00", client_id)
    ]

    page.mouse.click(*slot(page, "2027-02-03", 9))
    dialog.get_by_label("Client", exact=True).fill("של")
    option.click()
    dialog.get_by_label("Date", exact=True).fill("2027-02-02")
    dialog.get_by_label("Starts").fill("10:30")
    dialog.get_by_role("button", name="Book appointment").click()
    expect(dialog.get_by_text("This time is taken.")).to_be_visible()
    expect(dialog.get_by_label("Starts")).to_have_value("10:30")
    assert at.findings() == []
    dialog.get_by_label("Starts").fill("13:00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The appointment is booked.")).to_be_visible()
    expect(page.locator(".appointment")).to_have_count(2)


def test_somebody_new_is_added_with_the_appointment(desk: Any, practice: Practice) -> None:
    at = opened(desk, practice, "desk", f"/agenda/new?on={MONDAY}&at=09:00")
    page = at.page
    page.get_by_label("Client", exact=True).fill("Mira Sand")
    page.get_by_role("option", name="Add “Mira Sand” as a new client").click()
    expect(page.get_by_label("First name")).to_have_value("Mira")
    page.get_by_label("Birth date").fill("1991-05-06")
    page.get_by_role("textbox", name="Phone").fill("not a phone")
    page.get_by_label("With", exact=True).select_option(label="Therapist Staff")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_role("textbox", name="Phone")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("textbox", name="Phone").fill("(212) 555-0142")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("The clinician is not assigned to this client yet")).to_be_visible()
    found = practice.owner.post("/clients/search", {"query": "mira sand"}, expect=200)["items"]
    assert len(found) == 1 and found[0]["phone"] == "+12125550142"


def test_moving_resizing_and_undoing_by_the_pointer(desk: Any, practice: Practice) -> None:
    """B2, B3, B4: a drag makes, moves and stretches; a toast says so and takes it back."""
    client_id, _ = practice.new_client()
    booked = practice.book(client_id, "2027-02-08T09:00")
    at = opened(desk, practice, "therapist", "/agenda?on=2027-02-08")
    page = at.page
    drag(page, slot(page, "2027-02-08", 9.25), slot(page, "2027-02-10", 11.25))
    expect(page.get_by_text("Moved to Wed, Feb 10, 2027, 11:00")).to_be_visible()
    assert start_of(practice, booked) == ("2027-02-10T11:00", 60)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Moved back.")).to_be_visible()
    expect(page.locator('.day[data-day="2027-02-08"] .appointment')).to_be_visible()
    assert start_of(practice, booked) == ("2027-02-08T09:00", 60)

    box = card(page, booked).bounding_box()
    assert box is not None
    edge = (box["x"] + 20, box["y"] + box["height"] - 3)
    drag(page, edge, (edge[0], slot(page, "2027-02-08", 10.5)[1]))
    expect(page.get_by_text("Moved to Mon, Feb 8, 2027, 9:00")).to_be_visible()
    assert start_of(practice, booked) == ("2027-02-08T09:00", 90)

    practice.book(practice.new_client()[0], "2027-02-09T09:00")
    page.reload()
    drag(page, slot(page, "2027-02-08", 9.25), slot(page, "2027-02-09", 9.5))
    expect(page.get_by_text("The clinician has an appointment at that time. Nothing was moved.")).to_be_visible()
    assert start_of(practice, booked) == ("2027-02-08T09:00", 90)
    expect(page.locator('.day[data-day="2027-02-08"] .appointment')).to_be_visible()

    drag(page, slot(page, "2027-02-11", 14), slot(page, "2027-02-11", 15.5))
    dialog = page.get_by_role("dialog", name="New appointment")
    expect(dialog.get_by_label("Starts")).to_have_value("14:00")
    expect(dialog.get_by_label("Minutes")).to_have_value("90")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_the_same_by_keys(desk: Any, practice: Practice) -> None:
    """B5, B6, B7: arrows walk, M moves and says so, a digit says what became of it, Esc gives the focus back."""
    first, second = (practice.book(practice.new_client()[0], f"2026-03-0{day}T09:00") for day in (2, 4))
    at = opened(desk, practice, "therapist", "/agenda?on=2026-03-02")
    page = at.page
    card(page, first).focus()
    page.keyboard.press("ArrowRight")
    expect(card(page, second)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    expect(page.locator("#live")).to_contain_text("Moving.")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_have_text(re.compile("Tuesday, March 3, 9:30 am"))
    page.keyboard.press("Escape")
    assert start_of(practice, first)[0] == "2026-03-02T09:00"
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to Mon, Mar 2")).to_be_visible()
    expect(card(page, first)).to_be_focused()
    assert start_of(practice, first)[0] == "2026-03-02T09:15"

    page.keyboard.press("1")
    expect(page.get_by_text("Kept.")).to_be_visible()
    expect(card(page, first)).to_have_attribute("data-lacks-note", "")
    assert practice.owner.get(f"/appointments/{first}")["status"] == "arrived"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert practice.owner.get(f"/appointments/{first}")["status"] == "booked"

    card(page, second).focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Appointment")
    expect(panel).to_be_visible()
    assert at.findings() == []
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(card(page, second)).to_be_focused()


def test_attendance_from_the_panel_and_what_is_left_to_finish(desk: Any, practice: Practice) -> None:
    booked = practice.book(practice.new_client()[0], "2026-03-10T09:00")
    at = opened(desk, practice, "therapist", "/agenda?on=2026-03-10")
    page = at.page
    chip = page.get_by_role("button", name="attendance to set")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    card(page, booked).click()
    panel = page.get_by_role("dialog", name="Appointment")
    panel.get_by_role("button", name="No-show").click()
    expect(panel.get_by_role("button", name="No-show")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".toast")).to_contain_text("No-show.")
    expect(card(page, booked)).to_have_class(re.compile(r"\boff\b"))
    panel.get_by_text("What happened").click()
    expect(panel.get_by_text("Therapist Staff").last).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Nothing is left to do here")).to_be_visible()


def test_the_third_mark_is_for_who_may_know_of_invoices(desk: Any, practice: Practice) -> None:
    """What bills a session is said to those who read invoices; the others see two marks."""
    booked = practice.document(practice.new_client()[0], "2026-03-16T09:00")
    practice.draft_of(booked)
    for who, marks in (("therapist", 2), ("owner", 3)):
        page = opened(desk, practice, who, "/agenda?view=week&on=2026-03-16&staff=").page
        expect(card(page, booked).locator(".marks i")).to_have_count(marks)
        expect(page.get_by_role("button", name="1 to invoice")).to_have_count(marks - 2)
    card(page, booked).click()
    expect(page.get_by_text("Draft invoice")).to_be_visible()
    expect(page.get_by_text("It is documented, so it stays as it is.")).to_be_visible()


def test_changing_what_was_booked_without_losing_what_was_typed(desk: Any, practice: Practice) -> None:
    client_id, _ = practice.new_client()
    booked = practice.book(client_id, "2027-03-01T09:00")
    practice.book(practice.new_client()[0], "2027-03-01T13:00")
    at = opened(desk, practice, "manager", f"/agenda/appointments/{booked}/edit")
    page = at.page
    page.get_by_label("Starts").fill("13:30")
    page.get_by_label("Minutes").fill("45")
    page.get_by_role("button", name="Save appointment").click()
    expect(page.get_by_text("This time is taken.")).to_be_visible()
    expect(page.get_by_label("Minutes")).to_have_value("45")
    assert at.findings() == []
    page.get_by_label("Why it takes place all the same").fill("A crisis.")
    page.get_by_role("button", name="Save all the same").click()
    expect(page.get_by_text("The appointment is changed.")).to_be_visible()
    assert start_of(practice, booked) == ("2027-03-01T13:30", 45)

    stale = opened(desk, practice, "desk", f"/agenda/appointments/{booked}/edit")
    practice.owner.patch(f"/appointments/{booked}", {"starts_at_local": "2027-03-02T08:00"})
    stale.page.get_by_label("Minutes").fill("50")
    stale.page.get_by_role("button", name="Save appointment").click()
    expect(stale.page.get_by_text("Somebody changed this meanwhile.", exact=True)).to_be_visible()
    expect(stale.page.get_by_label("Minutes")).to_have_value("50")


def test_a_week_in_which_clocks_change_and_a_night(desk: Any, practice: Practice) -> None:
    """B27, B28: local times are drawn; what goes on after midnight shows on both days; a quarter of an hour too."""
    before = practice.book(practice.new_client()[0], "2027-03-12T10:00")
    after = practice.book(practice.new_client()[0], "2027-03-14T10:00")
    night = practice.book(practice.new_client()[0], "2027-03-11T23:30", duration_minutes=90)
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
    practice.add("second", "therapist")
    other = practice.book(practice.new_client("second")[0], "2027-08-02T09:00", "second")
    page = opened(desk, practice, "therapist", "/agenda?on=2027-08-02").page
    expect(card(page, other)).to_have_count(0)
    people = page.get_by_role("navigation", name="Whose agenda")
    people.get_by_role("link", name="Everybody").click()
    expect(card(page, other)).to_be_visible()
    page.get_by_role("navigation", name="View").get_by_role("link", name="List").click()
    expect(page.locator(f'[data-appointment="{other}"]')).to_be_visible()
    people.get_by_role("link", name="Therapist Staff").click()
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


def test_who_may_not_book_sees_no_way_to(desk: Any, practice: Practice) -> None:
    booked = practice.book(practice.new_client()[0], "2027-06-07T09:00")
    practice.add("reader", "billing")
    at = opened(desk, practice, "reader", "/agenda?on=2027-06-07&view=week&staff=")
    page = at.page
    expect(card(page, booked)).to_be_visible()
    may_change = "data-changes" in (page.locator("#agenda").evaluate("one => one.outerHTML.slice(0, 400)"))
    assert may_change == (
        practice.people["reader"].call("PATCH", f"/appointments/{booked}", json={}).status_code != 403
    )
    page.goto(at.url + "/agenda/new")
    may_book = practice.people["reader"].call("POST", "/appointments", json={}).status_code != 403
    expect(page.get_by_role("button", name="Book appointment")).to_have_count(1 if may_book else 0)


def test_a_stranger_to_the_record_gets_no_panel(desk: Any, practice: Practice) -> None:
    other = Practice(practice.url)
    booked = other.book(other.new_client()[0], f"{clock.now() + timedelta(days=9):%Y-%m-%d}T09:00")
    page = opened(desk, practice, "desk", f"/agenda/appointments/{booked}", DESK).page
    expect(page.get_by_role("heading", level=1)).to_contain_text("not")


def test_an_administrator_who_sees_clients_has_a_column_too(desk: Any, practice: Practice) -> None:
    """Somebody without the level Therapist who signs notes can be chosen, and is shown once something is booked."""
    practice.new_client(given_name="Ina")
    page = opened(desk, practice, "owner", "/agenda/new?on=2027-06-14&at=09:00").page
    page.get_by_role("combobox", name="Client").fill("ina")
    page.get_by_role("option", name="Ina Client").click()
    page.get_by_label("With", exact=True).select_option(label="Manager Staff")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.locator(".toast")).to_be_visible()
    page = opened(desk, practice, "desk", "/agenda?view=day&on=2027-06-14").page
    expect(page.get_by_role("region", name="Manager Staff, Monday, June 14")).to_contain_text("Ina Client")
