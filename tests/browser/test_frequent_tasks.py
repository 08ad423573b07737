"""The tasks that people do all day, counted: every click, drag, key and entry is one action, and none may be added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from embedded.stack import Stack
from shared import clock
from tests.browser.agenda import card, drag, opened, slot, start_of
from tests.browser.conftest import Desk
from tests.browser.test_proof_page import prove_long_ago
from tests.practice import PASSWORD, Practice


@dataclass
class Hands:
    """Somebody at the page, who counts what they do."""

    page: Page
    actions: int = 0

    def click(self, what: Locator) -> None:
        """One click."""
        self.actions += 1
        what.click()

    def press(self, key: str) -> None:
        """One key, or keys held together."""
        self.actions += 1
        self.page.keyboard.press(key)

    def enter(self, text: str) -> None:
        """One entry into the field that has the focus."""
        self.actions += 1
        self.page.keyboard.type(text)

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """One drag."""
        self.actions += 1
        drag(self.page, begin, end)


@pytest.fixture(scope="module")
def practice(web_practice: Practice) -> Practice:
    """A practice with a therapist and a biller."""
    made = Practice(web_practice.url)
    for name in ("therapist", "biller", "desk"):
        assert made.staff_ids[name]
    return made


def yesterday() -> str:
    return f"{clock.today('America/New_York') - timedelta(days=1)}"


def test_see_today_and_what_is_unfinished_with_nothing(desk: Any, practice: Practice) -> None:
    practice.book(practice.new_client(given_name="Nora")[0], f"{yesterday()}T09:00")
    page = opened(desk, practice, "therapist", "/home").page
    expect(page.get_by_role("region", name="To finish")).to_contain_text("Nora Client")
    expect(page.get_by_role("region", name="Next up")).to_be_visible()


def test_open_a_client_with_three(desk: Any, practice: Practice) -> None:
    client_id, _ = practice.new_client(given_name="Quentin")
    at = opened(desk, practice, "therapist", "/home")
    hands = Hands(at.page)
    hands.press("Control+k")
    hands.enter("quen")
    expect(at.page.get_by_role("option", name="Quentin Client")).to_be_visible()
    hands.press("Enter")
    at.arrive(f"/clients/{client_id}")
    assert hands.actions <= 3


def test_book_a_known_client_in_a_free_slot_with_four(desk: Any, practice: Practice) -> None:
    practice.new_client(given_name="Rosalind")
    page = opened(desk, practice, "therapist", "/agenda?on=2027-07-05").page
    hands = Hands(page)
    hands.drag(slot(page, "2027-07-06", 10), slot(page, "2027-07-06", 11))
    expect(page.get_by_role("combobox", name="Client")).to_be_focused()
    hands.enter("ros")
    expect(page.get_by_role("option", name="Rosalind Client")).to_be_visible()
    hands.press("Enter")
    hands.press("Control+Enter")
    expect(page.get_by_text("The appointment is booked.")).to_be_visible()
    assert hands.actions <= 4


def test_move_one_with_one_and_set_attendance_with_two(desk: Any, practice: Practice) -> None:
    booked = practice.book(practice.new_client()[0], "2026-04-06T09:00")
    page = opened(desk, practice, "therapist", "/agenda?on=2026-04-06").page
    hands = Hands(page)
    hands.drag(slot(page, "2026-04-06", 9.25), slot(page, "2026-04-07", 10.25))
    expect(page.get_by_text("Moved to Tue, Apr 7")).to_be_visible()
    assert hands.actions == 1 and start_of(practice, booked)[0] == "2026-04-07T10:00"

    hands = Hands(page)
    hands.click(card(page, booked))
    hands.click(page.get_by_role("dialog", name="Appointment").get_by_role("button", name="Kept"))
    expect(page.locator(".toast")).to_contain_text("Kept.")
    assert hands.actions <= 2


def test_set_attendance_with_one_key(desk: Any, practice: Practice) -> None:
    """Of the card that somebody is at."""
    booked = practice.book(practice.new_client()[0], "2026-04-13T09:00")
    page = opened(desk, practice, "therapist", "/agenda?on=2026-04-13").page
    card(page, booked).focus()
    hands = Hands(page)
    hands.press("1")
    expect(page.locator(".toast")).to_contain_text("Kept.")
    assert hands.actions == 1
    assert practice.owner.get(f"/appointments/{booked}")["status"] == "arrived"


def test_start_the_note_with_one_from_home_and_two_from_the_agenda(desk: Any, practice: Practice) -> None:
    for name, path in (("Ursula", "/home"), ("Viola", f"/agenda?view=list&on={yesterday()}")):
        hour = 11 if name == "Ursula" else 13
        practice.book(practice.new_client(given_name=name)[0], f"{yesterday()}T{hour}:00")
        page = opened(desk, practice, "therapist", path).page
        hands = Hands(page)
        if path == "/home":
            hands.click(page.get_by_role("listitem").filter(has_text=name).get_by_role("button"))
        else:
            hands.click(page.get_by_role("link", name=name))
            hands.click(page.get_by_role("dialog", name="Appointment").get_by_role("button", name="Write note"))
        expect(page.get_by_role("textbox", name="Subjective")).to_be_visible()
        assert hands.actions <= (1 if path == "/home" else 2)


def test_sign_with_three_and_the_draft_invoice_comes_with_nothing(desk: Any, practice: Practice) -> None:
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, f"{yesterday()}T15:00")
    note_id = practice.draft_note(appointment_id, client_id)
    page = opened(desk, practice, "therapist", f"/notes/{note_id}").page
    hands = Hands(page)
    hands.press("Control+Enter")
    expect(page.get_by_role("dialog", name="Sign and lock this note")).to_be_visible()
    hands.press("Control+Enter")
    expect(page.get_by_text("Electronically signed by Therapist Staff")).to_be_visible()
    assert hands.actions <= 3
    assert practice.draft_of(appointment_id)["status"] == "draft"


def test_sign_with_the_password_in_three(desk: Any, embedded_stack: Stack, practice: Practice) -> None:
    """Ctrl Enter, the password, Enter: where the last proof is too old for a signature."""
    client_id, _ = practice.new_client()
    note_id = practice.draft_note(practice.book(client_id, f"{yesterday()}T17:00"), client_id)
    at = desk().sign_in(practice.email("therapist"))
    prove_long_ago(embedded_stack, practice.staff_ids["therapist"])
    page = at.open(f"/notes/{note_id}")
    page.wait_for_timeout(3_500)  # the gateway remembers for three seconds who somebody is
    hands = Hands(page)
    hands.press("Control+Enter")
    expect(page.get_by_role("dialog").get_by_label("Password")).to_be_focused()
    hands.enter(PASSWORD)
    hands.press("Enter")
    expect(page.get_by_text("Electronically signed by Therapist Staff")).to_be_visible()
    assert hands.actions <= 3


def test_issue_every_draft_with_two(desk: Any, practice: Practice) -> None:
    other = Practice(practice.url)
    drafts = [other.draft_of(other.document(other.new_client()[0], f"2026-05-0{day}T09:00")) for day in (4, 5)]
    assert other.staff_ids["biller"]
    page = opened(desk, other, "biller", "/invoices").page
    hands = Hands(page)
    hands.click(page.get_by_role("button", name="Issue what is ticked"))
    hands.click(page.get_by_role("button", name="Issue 2 invoices"))
    expect(page.get_by_text("2 of 2, 2 issued.")).to_be_visible()
    assert hands.actions <= 2
    assert {other.owner.get(f"/invoices/{draft['id']}")["status"] for draft in drafts} == {"open"}


def test_take_a_payment_with_three(desk: Any, practice: Practice) -> None:
    client_id, _ = practice.new_client(given_name="Wanda")
    draft = practice.draft_of(practice.document(client_id, "2026-05-11T09:00"))
    practice.owner.post(f"/invoices/{draft['id']}/issue", expect=200)
    at: Desk = opened(desk, practice, "biller", f"/clients/{client_id}")
    page = at.page
    hands = Hands(page)
    hands.click(page.get_by_role("link", name="Take payment"))
    expect(page.get_by_label("Amount, in dollars")).to_have_value("150.00")
    hands.click(page.get_by_role("button", name="Save payment"))
    expect(page.get_by_text("The payment is recorded.")).to_be_visible()
    assert hands.actions <= 3
    assert practice.owner.get(f"/invoices/{draft['id']}")["status"] == "paid"
