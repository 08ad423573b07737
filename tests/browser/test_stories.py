"""Stories through several desks: minutes that do not fit, an addendum that bills nothing, a right that is lost."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.money import issued, practice_with_drafts
from tests.browser.test_note_editor import some_day, state, stored
from tests.practice import Practice

SHORTER = {
    "name": "Psychotherapy 45",
    "kind": "cpt",
    "code": "90834",
    "rate_cents": 12_000,
    "duration_minutes": 45,
    "note_minutes_min": 38,
    "note_minutes_max": 52,
}


def test_minutes_that_do_not_fit_hold_the_draft_until_the_service_is_corrected(
    desk: Any, web_practice: Practice
) -> None:
    """Story 23: 45 minutes of a service of 53 to 60; the therapist corrects it, and nobody overrides anything."""
    practice = Practice(web_practice.url)
    assert practice.staff_ids["biller"]
    practice.owner.post("/service-types", SHORTER)
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, some_day())
    note_id = practice.draft_note(appointment_id, client_id, minutes=45)
    page = desk().sign_in(practice.email("therapist")).open(f"/notes/{note_id}")
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Sign and lock this note")
    expect(dialog).to_contain_text("The service takes at least 53, at most 60 min, so the invoice would wait")
    dialog.get_by_role("button", name="Sign and lock").click()  # it may be signed all the same
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    draft = practice.draft_of(appointment_id)
    assert [hold["code"] for hold in draft["holds"]] == ["minutes_do_not_fit"], draft["holds"]

    biller = desk().sign_in(practice.email("biller")).open("/invoices?tab=held")
    expect(biller.locator("[data-rows] tr")).to_have_count(1)
    expect(biller.locator("[data-rows] tr")).to_contain_text("90834")

    page.get_by_role("link", name="Amend").click()
    page.get_by_label("Why it is corrected").fill("It was the shorter service.")
    page.get_by_label("Service", exact=True).select_option(label="90834 Psychotherapy 45")
    page.get_by_role("button", name="Sign the amendment").click()
    expect(page.get_by_text("The next version is signed.")).to_be_visible()
    wait_until(lambda: not practice.invoices(appointment_id)[0]["holds"], 20, "the draft without a hold")
    biller.goto(f"{biller.url.partition('?')[0]}?tab=draft")
    expect(biller.get_by_text("1 draft is ready to issue, $120.00.")).to_be_visible()


def test_an_addendum_after_the_invoice_changes_neither_note_nor_invoice(desk: Any, web_practice: Practice) -> None:
    """Story 26: what was signed stays readable, the addendum stands under it with its signature, nothing is billed."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url)
    before = issued(practice, drafts[0])
    case = practice.people["therapist"].get(f"/clients/{client_id}/cases")["items"][0]
    note_id = practice.people["therapist"].get(f"/cases/{case['id']}/notes")["items"][0]["id"]
    signed = stored(practice, note_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_label("What is to be added").fill("A typo in the goal: it is sleep, not sheep.")
    page.get_by_role("button", name="Sign addendum").click()
    expect(page.get_by_text("The addendum is signed.")).to_be_visible()
    article = page.get_by_role("article")
    expect(article).to_contain_text("A typo in the goal: it is sleep, not sheep.")
    expect(article.get_by_text("Electronically signed by Therapist Staff")).to_have_count(2)
    after = stored(practice, note_id)
    assert (after["content_hash"], after["versions"]) == (signed["content_hash"], signed["versions"])
    assert practice.owner.get(f"/invoices/{before['id']}") == before
    assert at.findings() == []


def test_who_loses_the_right_while_writing_keeps_the_text_and_stays_signed_in(
    desk: Any, web_practice: Practice
) -> None:
    """J8: nobody is signed out; what is not saved is said, what was saved is a draft for somebody to take over."""
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, some_day())
    body = {"client_id": client_id, "template": "soap", "content": {}}
    note_id = practice.people["therapist"].post(f"/appointments/{appointment_id}/notes", body)["id"]
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_label("Subjective", exact=True).fill("Slept well.")
    expect(state(page)).to_contain_text("Saved ")
    practice.owner.patch(f"/staff/{practice.staff_ids['therapist']}", {"levels": ["default"]})

    def refused() -> bool:
        page.get_by_label("Objective", exact=True).press_sequentially("Calm. ")
        page.wait_for_timeout(1_000)  # the editor saves after a pause
        return state(page).inner_text().startswith("Not saved")

    wait_until(refused, 10, "the refusal")
    assert page.get_by_label("Objective", exact=True).input_value().startswith("Calm. ")
    expect(page.get_by_role("dialog", name="Sign in to go on")).not_to_be_visible()
    at.page.context.new_page().goto(f"{at.url}/home")
    expect(at.page.context.pages[-1].get_by_role("heading", level=1)).to_be_visible()

    owner = desk().sign_in(practice.email("owner")).open("/notes")
    left = owner.get_by_role("region", name="Drafts that nobody can finish")
    expect(left).to_contain_text("Ada Client")
    left.get_by_role("link", name="Read").click()
    expect(owner.get_by_text("Slept well.")).to_be_visible()
