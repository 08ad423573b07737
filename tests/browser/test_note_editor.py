"""The editor of a note: it saves itself, goes on without a connection, and loses nothing that was typed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import session_cookie
from tests.browser.test_staying import end_session
from tests.practice import PASSWORD, Practice

DAYS = count(1)  # one session a day: no two of a clinician at one time
SAVED = "Saved"


def some_day() -> str:
    """A past morning on which nobody has a session yet."""
    return f"{date(2026, 1, 1) + timedelta(days=next(DAYS))}T09:00"


def new_draft(practice: Practice, therapist: str = "therapist") -> str:
    """A draft with nothing in it yet; returns its id."""
    client_id, _ = practice.new_client(therapist)
    appointment_id = practice.book(client_id, some_day(), therapist)
    body = {"client_id": client_id, "template": "soap", "content": {}}
    return str(practice.people[therapist].post(f"/appointments/{appointment_id}/notes", body)["id"])


def stored(practice: Practice, note_id: str, therapist: str = "therapist") -> dict[str, Any]:
    """The note as the service keeps it."""
    return dict(practice.people[therapist].get(f"/notes/{note_id}"))


def state(page: Page) -> Any:
    """What the editor says about saving."""
    return page.locator("[data-save-state]")


def fill_all(page: Page) -> None:
    """Something in each section, as a therapist types it."""
    for section in ("Subjective", "Objective", "Assessment", "Plan"):
        page.get_by_label(section, exact=True).fill(f"{section} of the session.")


def test_what_is_typed_before_the_editor_has_begun_is_saved_too(desk: Any, web_practice: Practice) -> None:
    """On a slow line text can be typed into the page before its script has come."""
    note_id = new_draft(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.page
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        waiting.append(route)

    page.route("**/documentation*.js", hold)
    page.goto(f"{at.url}/notes/{note_id}", wait_until="commit")
    page.get_by_label("Subjective", exact=True).fill("Slept well.")
    page.get_by_label("Minutes").fill("50")
    for route in waiting:
        route.continue_()
    expect(state(page)).to_contain_text("Saved ")
    note = stored(web_practice, note_id)
    assert note["content"]["subjective"] == "Slept well." and note["minutes"] == 50


def test_what_is_typed_is_saved_by_itself_in_one_request_at_a_time(desk: Any, web_practice: Practice) -> None:
    note_id = new_draft(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    assert "Ada" not in page.title() and "Note" in page.title()
    running, most = 0, 0

    def begun(request: Any) -> None:
        nonlocal running, most
        if request.url.endswith("/draft"):
            running += 1
            most = max(most, running)

    def ended(request: Any) -> None:
        nonlocal running
        if request.url.endswith("/draft"):
            running -= 1

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.get_by_label("Subjective", exact=True).press_sequentially("Slept well and went for a walk each day.", delay=40)
    expect(state(page)).to_have_text("Saving…")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_label("Objective", exact=True)).to_be_focused()
    page.get_by_label("Minutes").fill("53")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    now = stored(web_practice, note_id)
    assert now["content"]["subjective"] == "Slept well and went for a walk each day."
    assert now["minutes"] == 53
    assert most == 1
    expect(page.locator("[data-check=sections]")).to_contain_text("3 of 4 are still empty")
    page.get_by_label("Minutes").fill("soon")
    page.get_by_label("Plan", exact=True).fill("Weekly.")
    expect(state(page)).to_have_text("Not saved: Enter a whole number, such as 50.")
    wait_until(
        lambda: stored(web_practice, note_id)["content"].get("plan") == "Weekly.", 5, "the text without the minutes"
    )
    page.get_by_label("Minutes").fill("54")
    wait_until(lambda: stored(web_practice, note_id)["minutes"] == 54, 5, "the minutes")
    assert "walk" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_the_format_is_changed_and_what_was_typed_stays(desk: Any, web_practice: Practice) -> None:
    note_id = new_draft(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_label("Subjective", exact=True).fill("Slept badly.")
    page.get_by_label("Plan", exact=True).fill("Weekly.")
    page.get_by_role("button", name="Format: SOAP. Change it").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Change the format")
    dialog.get_by_label("Format").select_option("dap")
    dialog.get_by_role("button", name="Change format").click()  # enabled once the text is saved
    expect(page.get_by_text("What you had written is all there")).to_be_visible()
    expect(page.get_by_label("Data", exact=True)).to_have_value("Subjective: Slept badly.")
    expect(page.get_by_label("Plan", exact=True)).to_have_value("Weekly.")
    page.get_by_label("Data", exact=True).fill("Slept badly since Monday.")
    expect(state(page)).to_contain_text(SAVED)
    wait_until(
        lambda: stored(web_practice, note_id)["content"].get("data") == "Slept badly since Monday.", 5, "the text"
    )
    assert at.findings() == []


def test_without_a_connection_writing_goes_on_and_is_saved_after(desk: Any, web_practice: Practice) -> None:
    note_id = new_draft(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    fill_all(page)
    expect(state(page)).to_contain_text(SAVED)
    page.context.set_offline(True)
    page.get_by_label("Subjective", exact=True).fill("Written in the tunnel.")
    expect(state(page)).to_have_text("No connection. Text is safe here")
    page.get_by_role("button", name="Sign", exact=False).first.click()
    dialog = page.get_by_role("dialog", name="Sign and lock this note")
    expect(dialog.get_by_role("button", name="Sign and lock")).to_be_disabled()
    expect(dialog.get_by_text("This can be signed once the text is saved.")).to_be_visible()
    dialog.get_by_role("button", name="Keep editing").click()
    page.context.set_offline(False)
    expect(state(page)).to_contain_text(SAVED)
    assert stored(web_practice, note_id)["content"]["subjective"] == "Written in the tunnel."


def test_who_leaves_at_once_keeps_the_text(desk: Any, web_practice: Practice) -> None:
    """B15: the last words outlive the page."""
    note_id = new_draft(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_label("Plan", exact=True).fill("The last words before the door.")
    page.goto(f"{at.url}/home")
    wait_until(
        lambda: stored(web_practice, note_id)["content"].get("plan") == "The last words before the door.", 5, "the text"
    )


def test_two_windows_that_edit_one_note_keep_both_texts(desk: Any, web_practice: Practice) -> None:
    """B16: what only one changed is taken over, and what both changed stands side by side."""
    note_id = new_draft(web_practice)
    mine, other = (desk().sign_in(web_practice.email("therapist")) for _ in range(2))
    for at in (mine, other):
        at.open(f"/notes/{note_id}")
    other.page.get_by_label("Objective", exact=True).fill("Seen by the other window.")
    other.page.get_by_label("Plan", exact=True).fill("Once a week.")
    expect(state(other.page)).to_contain_text(SAVED)
    other.page.keyboard.press("Control+s")
    expect(other.page.get_by_text("Saved.", exact=True)).to_be_visible()

    page = mine.page
    page.get_by_label("Plan", exact=True).fill("Twice a week.")
    both = page.get_by_role("alert").filter(has_text="Both texts are kept")
    expect(both).to_contain_text("Once a week.")
    expect(both).to_contain_text("Twice a week.")
    expect(page.get_by_label("Objective", exact=True)).to_have_value("Seen by the other window.")
    assert mine.findings() == []
    both.get_by_role("button", name="Keep both").click()
    expect(state(page)).to_contain_text("Saved ")
    assert stored(web_practice, note_id)["content"]["plan"] == "Once a week.\n\nTwice a week."

    other.page.get_by_label("Plan", exact=True).fill("Once a month.")  # over what it has not seen, and it leaves
    other.page.goto(f"{other.url}/home")
    wait_until(
        lambda: stored(web_practice, note_id)["content"]["plan"] == "Once a week.\n\nTwice a week.\n\nOnce a month.",
        5,
        "both texts",
    )


def test_a_session_that_ends_while_somebody_writes(desk: Any, web_practice: Practice) -> None:
    """B17: the text stays, the person signs in on the same page, and it is saved."""
    practice = Practice(web_practice.url)
    note_id = new_draft(practice)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    end_session(at.url, session_cookie(page))
    page.get_by_label("Assessment", exact=True).fill("Works toward the first objective.")
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_be_visible()
    expect(state(page)).to_have_text("Signed out. Sign in to save")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).not_to_be_visible()
    expect(state(page)).to_contain_text("Saved ")
    expect(page.get_by_label("Assessment", exact=True)).to_have_value("Works toward the first objective.")
    assert stored(practice, note_id)["content"]["assessment"] == "Works toward the first objective."


def test_a_note_that_was_signed_in_another_window_takes_nothing_more(desk: Any, web_practice: Practice) -> None:
    practice = web_practice
    client_id, _ = practice.new_client()
    note_id = practice.draft_note(practice.book(client_id, some_day()), client_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    practice.people["therapist"].post(f"/notes/{note_id}/sign", expect=200)
    page.get_by_label("Plan", exact=True).fill("Too late.")
    expect(state(page)).to_have_text("Not saved. This note was signed or sent meanwhile")
    expect(page.get_by_label("Plan", exact=True)).to_have_value("Too late.")
    page.on("dialog", lambda dialog: dialog.accept())
    assert stored(practice, note_id)["content"]["plan"] == "p"


def test_it_works_without_scripts(desk: Any, web_practice: Practice) -> None:
    note_id = new_draft(web_practice)
    at = desk(java_script_enabled=False).sign_in(web_practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    fill_all(page)
    page.get_by_label("Minutes").fill("55")
    page.get_by_role("button", name="Save").click()
    assert stored(web_practice, note_id)["content"]["plan"] == "Plan of the session."
    web_practice.people["therapist"].patch(f"/notes/{note_id}", {"content": {"plan": "Another."}})
    page.get_by_label("Plan", exact=True).fill("Mine.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
    expect(page.get_by_label("Plan", exact=True)).to_have_value("Mine.")
    expect(page.get_by_text("Plan is now:")).to_contain_text("Another.")


def test_the_last_note_is_copied_and_signed_once_its_marks_are_gone(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    practice.document(client_id, "2026-02-02T09:00")
    note_id = practice.draft_note(practice.book(client_id, "2026-02-09T09:00"), client_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_role("button", name="Copy forward").click()
    dialog = page.get_by_role("dialog", name="Copy the last note")
    assert at.findings() == []
    dialog.get_by_role("button", name="Copy forward").click()
    expect(page.get_by_text("The last note is copied.")).to_be_visible()
    mark = "[Copied from the note of Mon, Feb 2, 2026. Change what is different, then delete this line.]"
    copied = {slug: text for slug, text in stored(practice, note_id)["content"].items() if mark in text}
    assert copied
    page.locator(".note-bar").get_by_role("button", name="Sign").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Copied text still carries its mark in")).to_be_visible()
    assert stored(practice, note_id)["status"] == "draft"
    at.open(f"/notes/{note_id}")
    for slug, text in copied.items():
        page.locator(f"#n-{slug}").fill(text.replace(mark + "\n", ""))
    expect(page.locator("#save-state")).to_contain_text("Saved ")
    page.locator(".note-bar").get_by_role("button", name="Sign").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
