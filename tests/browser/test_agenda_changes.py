"""The agenda in the browser: booking, moving by pointer and keys, attendance, what is taken, and who may not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from shared import clock
from tests.browser.agenda import card, drag, opened, practice_with_hours, slot, start_of
from tests.practice import Practice

MONDAY: Final = "2027-02-01"  # weeks ahead of the day that tests run on, for years
NAME: Final = "שלום <b>Ada</b>"


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """With hours, a therapist, a front desk and a manager."""
    return practice_with_hours(web_practice.url)


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
    expect(page.locator("a.appointment:focus")).to_be_in_viewport()
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


def test_what_a_client_usually_has_is_taken_over_unless_something_else_was_chosen(
    desk: Any, practice: Practice
) -> None:
    """They are those of the last appointment. The first service of the list is not the client's."""
    practice.add("usual", "therapist")
    short = practice.owner.post(
        "/service-types", {"name": "A check-in", "kind": "other", "code": "CHK", "rate_cents": 100}
    )
    client_id, _ = practice.new_client(given_name="Ottilie")
    kept = practice.book(client_id, "2026-02-02T09:00", "usual")
    practice.owner.post(f"/appointments/{kept}/status", {"status": "arrived"}, expect=200)
    page = opened(desk, practice, "desk", f"/agenda/new?on={MONDAY}&at=15:00").page
    service, clinician = page.get_by_label("Service", exact=True), page.get_by_label("With", exact=True)
    expect(service).to_have_value(short["id"])
    page.get_by_label("Client", exact=True).fill("otti")
    expect(page.get_by_role("option", name="Ottilie Client")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The clinician is not assigned to this client yet")).to_be_visible()
    booked = practice.owner.get(f"/clients/{client_id}/appointments")["items"]
    assert {(each["service_type_id"], each["staff_id"]) for each in booked} == {
        (practice.service_type_id, practice.staff_ids["usual"])
    }, booked

    page = opened(desk, practice, "desk", f"/agenda/new?on={MONDAY}&client_id={client_id}").page
    service, clinician = page.get_by_label("Service", exact=True), page.get_by_label("With", exact=True)
    expect(clinician.locator("option:checked")).to_have_text("Usual Staff")
    service.select_option(short["id"])
    page.get_by_label("Client", exact=True).fill("otti")
    page.get_by_role("option", name="Ottilie Client").click()
    page.wait_for_load_state("networkidle")
    expect(service).to_have_value(short["id"])

    page.goto(page.url.partition("/agenda")[0] + f"/agenda/appointments/{kept}")
    page.get_by_role("link", name="Book again").click()
    expect(page.get_by_label("Client", exact=True)).to_have_value("Ottilie Client")
    expect(service).to_have_value(practice.service_type_id)
    expect(clinician.locator("option:checked")).to_have_text("Usual Staff")
    expect(page.get_by_label("Starts", exact=True)).to_have_value("09:00")
    again = date.fromisoformat(page.get_by_label("Date", exact=True).input_value())
    assert again.weekday() == 0 and abs(again - clock.now().date()) <= timedelta(days=8)


def test_somebody_new_is_added_with_the_appointment(desk: Any, practice: Practice) -> None:
    at = opened(desk, practice, "desk", f"/agenda/new?on={MONDAY}")
    page = at.page
    page.get_by_label("Client", exact=True).fill("Mira Sand")
    page.get_by_role("option", name="Add “Mira Sand” as a new client").click()
    expect(page.get_by_label("Given name")).to_have_value("Mira")
    page.get_by_label("Birth date").fill("1991-05-06")
    page.get_by_role("textbox", name="Phone").fill("not a phone")
    page.get_by_label("With", exact=True).select_option(label="Therapist Staff")
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_label("Starts")).to_be_focused()
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    assert practice.owner.post("/clients/search", {"query": "mira sand"}, expect=200)["items"] == [], "not yet added"
    page.get_by_label("Starts").fill("09:00")
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
    panel.get_by_role("button", name="No-show").click()
    expect(panel.get_by_role("button", name="No-show")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="No-show")).to_have_attribute("aria-pressed", "false")
    assert at.findings() == []
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(card(page, second)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Move the card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page, second)).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Progress note", level=1)).to_be_visible()


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
    practice.owner.patch(f"/appointments/{booked}", {"starts_at_local": "2027-03-02T10:00"})
    stale.page.get_by_label("Minutes").fill("50")
    stale.page.get_by_role("button", name="Save appointment").click()
    expect(stale.page.get_by_text("Somebody changed this meanwhile.", exact=True)).to_be_visible()
    expect(stale.page.get_by_label("Minutes")).to_have_value("50")


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
