"""Notes in the browser: the day of a therapist, what is signed, the list of what waits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, Route, expect

from embedded.stack import Stack
from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.conftest import session_cookie
from tests.browser.test_note_editor import new_draft, some_day, state, stored
from tests.browser.test_proof_page import prove_long_ago
from tests.practice import PASSWORD, Practice


def sign(page: Page, opener: str = "Sign", verb: str = "Sign and lock") -> None:
    """Open the dialog and sign."""
    page.locator(".note-bar, .verbs").get_by_role("button", name=opener, exact=False).first.click()
    page.get_by_role("dialog").get_by_role("button", name=verb).click()


def test_a_signature_is_asked_for_again_when_the_appointment_was_changed_under_it(
    desk: Any, web_practice: Practice
) -> None:
    """Also where somebody goes on to write: what is typed is saved, and the page says what to look at."""
    practice = web_practice
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, some_day())
    note_id = practice.draft_note(appointment_id, client_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    practice.owner.patch(f"/appointments/{appointment_id}", {"duration_minutes": 25})
    page.get_by_label("Plan", exact=True).fill("Weekly.")
    expect(page.get_by_text("The appointment was changed meanwhile. Look at it before you sign.")).to_be_visible()
    expect(state(page)).to_contain_text("Saved")
    assert at.findings() == []
    sign(page)
    expect(page.get_by_role("dialog").get_by_text("The note or its appointment was changed meanwhile")).to_be_visible()
    expect(page.get_by_role("dialog").locator("[data-signed-for]")).to_contain_text("9:00\u202fam – 9:25\u202fam")
    page.get_by_role("dialog").get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    assert stored(practice, note_id)["content"]["plan"] == "Weekly."


def test_the_day_of_a_therapist(desk: Any, web_practice: Practice) -> None:
    """J2: begins a note from Home, writes through a gap in the connection, signs, and goes on to the next one."""
    practice = Practice(web_practice.url)
    for days_ago, name in enumerate(("Ben", "Ada"), start=1):
        client_id, _ = practice.new_client(given_name=name)
        practice.book(client_id, f"{clock.today('America/New_York') - timedelta(days=days_ago)}T09:00")
    at = desk().sign_in(practice.email("therapist"))
    page = at.open("/home")
    expect(page.get_by_text("Nothing written yet")).to_have_count(2)
    assert at.findings() == []
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Write note Ada Client")).to_be_focused()
    page.keyboard.press("e")  # the note of the row
    expect(page.get_by_role("heading", name="Progress note", level=1)).to_be_visible()
    expect(page.locator("[data-check=attendance]")).to_contain_text("Kept")
    page.get_by_label("Subjective", exact=True).fill("Slept well.")
    page.context.set_offline(True)
    page.get_by_label("Objective", exact=True).fill("Calm and oriented.")
    expect(state(page)).to_have_text("No connection. Text is safe here")
    page.get_by_label("Assessment", exact=True).fill("Improves.")
    page.wait_for_timeout(5_000)
    page.context.set_offline(False)
    expect(state(page)).to_contain_text("Saved ")
    page.locator(".note-bar").get_by_role("button", name="Sign", exact=False).first.click()
    dialog = page.get_by_role("dialog", name="Sign and lock this note")
    expect(dialog.get_by_text("Missing before you can sign. Every section: Plan is still empty.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Sign and lock")).not_to_be_visible()
    expect(dialog.get_by_role("button", name="Fill in what is missing")).to_be_focused()
    assert at.findings() == []
    page.keyboard.press("Enter")
    expect(page.get_by_label("Plan", exact=True)).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")  # all the same: the service has the last word
    refused = page.get_by_role("dialog").get_by_role("alert").filter(has_text="A required section is empty.")
    expect(refused).to_be_visible()
    assert at.findings() == []
    page.get_by_role("button", name="Keep editing").click()
    page.get_by_label("Plan", exact=True).fill("Weekly.")
    page.get_by_label("Minutes").fill("55")
    expect(state(page)).to_contain_text("Saved ")
    page.get_by_label("Plan", exact=True).press("Control+Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Sign and lock")).to_be_focused()
    page.get_by_role("dialog").get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    expect(page.get_by_text("Calm and oriented.")).to_be_visible()
    expect(page.get_by_text("Electronically signed by Therapist Staff")).to_be_visible()
    expect(page.get_by_text("The draft invoice is made within seconds.")).to_be_visible()
    page.get_by_role("link", name="To your notes").click()
    page.get_by_role("button", name="Write note Ben Client").click()
    expect(page.get_by_role("link", name="Ben Client")).to_be_visible()


def test_who_proved_themselves_long_ago_gives_the_password_to_sign(
    desk: Any, embedded_stack: Stack, web_practice: Practice
) -> None:
    """B10: the dialog asks for the password, a wrong one is said beside the input, the right one signs and locks."""
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    note_id = practice.draft_note(practice.book(client_id, some_day()), client_id)
    at = desk().sign_in(practice.email("therapist"))
    prove_long_ago(embedded_stack, practice.staff_ids["therapist"])
    page = at.open(f"/notes/{note_id}")
    before = session_cookie(page)
    page.wait_for_timeout(3_500)  # the gateway remembers for three seconds who somebody is
    sign(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert "signed_at" not in stored(practice, note_id) or stored(practice, note_id)["signed_at"] is None
    dialog.get_by_label("Password").fill("not this one")
    dialog.get_by_role("button", name="Sign and lock").click()
    expect(dialog.get_by_text("The password is wrong.").first).to_be_visible()
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert at.findings() == []
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    assert session_cookie(page) != before
    changed = practice.people["therapist"].patch(f"/notes/{note_id}", {"content": {"plan": "x"}}, expect=409)
    assert changed["code"] == "note_signed"


def test_a_double_click_signs_once(desk: Any, web_practice: Practice) -> None:
    """B22."""
    client_id, _ = web_practice.new_client()
    note_id = web_practice.draft_note(web_practice.book(client_id, some_day()), client_id)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_role("button", name="Sign", exact=False).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Sign and lock").dblclick()
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    assert len(stored(web_practice, note_id)["versions"]) == 1


def test_who_sees_invoices_is_told_when_the_draft_invoice_was_made(desk: Any, web_practice: Practice) -> None:
    """B21: it is asked for each second, and a late one is no error."""
    practice = Practice(web_practice.url)
    practice.add("both", "therapist", "billing")
    client_id, _ = practice.new_client("both")
    appointment_id = practice.book(client_id, some_day(), "both")
    note_id = practice.draft_note(appointment_id, client_id, "both")
    at = desk().sign_in(practice.email("both"))
    page = at.open(f"/notes/{note_id}")
    late = [True]
    addresses: list[str] = []
    background: set[str | None] = set()

    def nothing_yet(route: Route) -> None:
        addresses.append(route.request.url)
        background.add(route.request.headers.get("caseload-background"))
        tries = len(addresses)
        again = (
            f'hx-get="/notes/{note_id}/invoice?tries={tries}" hx-trigger="load delay:1s" hx-swap="outerHTML" '
            """hx-headers='{"Caseload-Background": "true"}'"""
        )
        if late[0]:
            route.fulfill(body=f"<span {again}>The draft invoice is being made…</span>", content_type="text/html")
        else:
            route.continue_()

    page.route("**/invoice*", nothing_yet)
    sign(page)
    expect(page.get_by_text("The draft invoice is being made…")).to_be_visible()
    wait_until(lambda: page.wait_for_timeout(200) or len(addresses) >= 2, 10, "the second question")
    wait_until(lambda: practice.invoices(appointment_id), 20, "the draft invoice")
    late[0] = False
    expect(page.get_by_text("The draft invoice was made.")).to_be_visible()
    assert background == {"true"}, "asking again keeps no session alive"
    page.get_by_role("link", name="Open invoice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft invoice")
    page.unroute("**/invoice*")
    page.goto(f"{at.url}/notes/{note_id}")
    expect(page.locator(".note-facts")).to_contain_text("The draft invoice was made.")
    practice.owner.post(f"/invoices/{practice.invoices(appointment_id)[0]['id']}/issue", {}, expect=200)
    page.reload()
    expect(page.locator(".note-facts")).to_contain_text("The invoice was issued.")
    assert at.findings() == []
    page.goto(f"{at.url}/home")
    fragment = page.evaluate(
        "path => fetch(path, {headers: {'HX-Request': 'true'}}).then(answer => answer.text())",
        f"/notes/{new_draft(practice, 'both')}/invoice?tries=9",
    )
    assert "This is taking longer than usual. It will appear in Invoices." in fragment


def test_a_signed_note_takes_addenda_amendments_and_another_version(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    note_id = practice.draft_note(practice.book(client_id, some_day()), client_id)
    practice.people["therapist"].post(f"/notes/{note_id}/sign", expect=200)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    assert at.findings() == []
    page.get_by_label("What is to be added").fill("The client called and confirmed.")
    page.get_by_role("button", name="Sign addendum").click()
    expect(page.get_by_text("The addendum is signed.")).to_be_visible()
    expect(page.get_by_role("article").get_by_text("The client called and confirmed.")).to_be_visible()
    page.get_by_role("link", name="Amend").click()
    assert at.findings() == []
    page.get_by_role("button", name="Sign the amendment").click()
    expect(page.locator("#f-reason")).to_be_focused()
    page.get_by_label("Why it is corrected").fill("The stop time was entered wrong.")
    page.get_by_label("Minutes").fill("58")
    page.get_by_role("button", name="Sign the amendment").click()
    expect(page.get_by_text("The next version is signed.")).to_be_visible()
    assert [version["minutes"] for version in stored(practice, note_id)["versions"]] == [55, 58]
    page.get_by_role("button", name="Reopen").first.click()
    dialog = page.get_by_role("dialog", name="Reopen this note")
    dialog.get_by_label("Why").fill("More happened.")
    dialog.get_by_role("button", name="Reopen note").click()
    expect(page.get_by_text("This is the next version of a signed note.")).to_be_visible()
    page.get_by_role("button", name="More that can be done with this note").click()
    page.get_by_role("button", name="Discard draft").first.click()
    dialog = page.get_by_role("dialog", name="Discard this draft")
    dialog.get_by_label("Why").fill("It was right.")
    dialog.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_text("The draft is discarded.")).to_be_visible()
    assert stored(practice, note_id)["status"] == "signed"


def test_a_session_that_has_a_note_leads_to_it_and_a_client_without_a_case_gets_one(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    client_id, case_id = practice.new_client()
    appointment_id = practice.book(client_id, f"{clock.today('America/New_York') - timedelta(days=1)}T09:00")
    practice.people["therapist"].patch(f"/cases/{case_id}", {"status": "closed"})
    at = desk().sign_in(practice.email("therapist"))
    page = at.open("/notes")
    page.get_by_role("button", name="Write note Ada Client").click()
    expect(page.get_by_role("heading", name="New note", level=1)).to_be_visible()
    assert at.findings() == []
    page.get_by_role("button", name="Open case and begin the note").click()
    expect(page.get_by_role("heading", name="Progress note", level=1)).to_be_visible()
    note = page.url.rpartition("/")[2]
    page.evaluate(
        """([appointment, client]) => {
          const form = document.querySelector("#note-form").cloneNode(false);
          form.action = "/notes/new";
          form.id = "again";
          const values = {csrf: csrfMeta.content, appointment_id: appointment, client_id: client};
          for (const [name, value] of Object.entries(values)) {
            const input = document.createElement("input");
            Object.assign(input, {name, value});
            form.append(input);
          }
          document.body.append(form);
          form.submit();
        }""",
        [appointment_id, client_id],
    )
    page.wait_for_load_state()
    assert page.url.endswith(note)


def test_drafts_of_somebody_who_left_are_taken_over(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    note_id = new_draft(practice)
    practice.owner.patch(f"/staff/{practice.staff_ids['therapist']}", {"levels": ["default"]})
    practice.owner.patch(f"/staff/{practice.staff_ids['owner']}", {"credentials": ["PhD"]})
    at = desk().sign_in(practice.email("owner"))
    page = at.page

    def listed() -> bool:
        at.open("/notes")
        return page.get_by_role("button", name="Take over").count() == 1

    wait_until(listed, 20, "the draft of somebody who may not sign")
    assert at.findings() == []
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("The draft is yours now.")).to_be_visible()
    assert practice.owner.get(f"/notes/{note_id}")["author_id"] == practice.staff_ids["owner"]


def test_who_may_open_notes(desk: Any, web_practice: Practice) -> None:
    """Neither a list nor a link for those without notes, and no note for a therapist of other clients."""
    practice = Practice(web_practice.url)
    note_id = new_draft(practice)
    for person in ("desk", "biller"):
        assert practice.staff_ids[person]
        at = desk().sign_in(practice.email(person))
        at.open("/home")
        expect(
            at.page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Notes")
        ).to_have_count(0)
        for path in ("/notes", f"/notes/{note_id}", f"/notes/{note_id}/amend"):
            assert at.page.goto(at.url + path).status == 403
    practice.add("stranger", "therapist")
    at = desk().sign_in(practice.email("stranger"))
    for path in (f"/notes/{note_id}", f"/notes/{note_id}/amend"):
        assert at.page.goto(at.url + path).status == 404
    expect(at.page.get_by_text("Ada")).to_have_count(0)
    at.open("/notes")
    expect(at.page.get_by_text("All done.")).to_be_visible()
    assert at.findings() == []


def test_home_names_what_is_to_be_finished_and_who_comes_next(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    today = clock.today("America/New_York")
    practice.book(client_id, f"{today - timedelta(days=1)}T09:00")
    for days, name in enumerate(("Ben", "Cleo", "Dora", "Emil"), start=1):
        practice.book(practice.new_client(given_name=name)[0], f"{today + timedelta(days=days)}T09:00")
    kept = practice.book(practice.new_client(given_name="Fay")[0], f"{today}T00:00")
    practice.owner.post(f"/appointments/{kept}/status", {"status": "arrived"}, expect=200)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open("/home")
    expect(page.get_by_text("1 session today, 1 done.")).to_be_visible()
    coming = page.get_by_role("region", name="Next up")
    for name in ("Ben", "Cleo", "Dora"):
        expect(coming.get_by_role("link", name=f"{name} Client")).to_be_visible()
    expect(coming.get_by_text("Emil")).to_have_count(0)
    assert at.findings() == []
    to_finish = page.get_by_role("region", name="To finish")
    expect(to_finish.get_by_role("link", name="All notes")).to_be_visible()
    to_finish.get_by_role("button", name="Write note Ada Client").click()
    expect(page.get_by_role("heading", name="Progress note", level=1)).to_be_visible()
    for days in range(2, 7):
        practice.book(client_id, f"{today - timedelta(days=days)}T09:00")
    at.open("/notes")
    expect(page.get_by_text("Yesterday, 9:00 am. Draft")).to_be_visible()  # the session's time, not the draft's
    at.open("/home")
    expect(to_finish.get_by_role("link", name=re.compile(r"^All \d$"))).to_be_visible()  # the list shows five
    at = desk().sign_in(practice.email("desk")) if practice.staff_ids["desk"] else at
    at.open("/home")
    expect(at.page.get_by_text("To finish")).to_have_count(0)
