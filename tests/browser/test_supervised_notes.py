"""Supervised notes in the browser: sent back, approved and co-signed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.test_note_editor import fill_all, new_draft, some_day, state
from tests.browser.test_notes import sign
from tests.browser.test_plan_changes import FIRST
from tests.practice import Practice


def test_a_supervised_note_is_sent_back_changed_and_approved(desk: Any, web_practice: Practice) -> None:
    """J7 and story 24: the author submits, the supervisor sends back with a comment, and then has the last word."""
    practice = Practice(web_practice.url)
    assert practice.staff_ids["therapist"]
    mode = {"supervisor_id": practice.staff_ids["therapist"], "supervision_mode": "approve"}
    practice.add("intern", "therapist", **mode)
    note_id = new_draft(practice, "intern")
    intern = desk().sign_in(practice.email("intern"))
    page = intern.open(f"/notes/{note_id}")
    fill_all(page)
    expect(page.get_by_text("The note goes to Therapist Staff, who has the last word.")).to_be_visible()
    expect(state(page)).to_contain_text("Saved ")
    sign(page, "Sign and send", "Sign and send")
    expect(page.get_by_text("The note is signed and sent to the supervisor.")).to_be_visible()
    expect(page.get_by_text("Waits for Therapist Staff")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The note is yours to change again.")).to_be_visible()
    sign(page, "Sign and send", "Sign and send")
    expect(page.get_by_text("Waits for Therapist Staff")).to_be_visible()

    supervisor = desk().sign_in(practice.email("therapist"))
    theirs = supervisor.open("/notes")
    waiting = theirs.get_by_role("listitem").filter(has_text="Ada Client")
    expect(waiting).to_contain_text("Waits for your approval, written by Intern Staff")
    intern.open("/home")
    expect(page.get_by_role("region", name="To finish")).not_to_contain_text("Ada Client")
    intern.open("/notes")
    page.get_by_role("link", name="Waiting for your supervisor 1").click()
    expect(page.get_by_role("listitem").filter(has_text="Ada Client")).to_contain_text("Sent to your supervisor today")
    assert intern.findings() == []
    page.get_by_role("link", name="Read Ada Client").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    theirs.get_by_role("link", name="Review Ada Client").click()
    assert supervisor.findings() == []
    theirs.get_by_role("button", name="Send back").first.click()
    dialog = theirs.get_by_role("dialog", name="Send this note back")
    assert supervisor.findings() == []
    dialog.get_by_role("button", name="Send back").click()
    expect(dialog.get_by_label("What is to be changed")).to_be_focused()  # nothing was said
    dialog.get_by_label("What is to be changed").fill("Say how the client responded.")
    dialog.get_by_role("button", name="Send back").click()
    expect(theirs.get_by_text("The note is back with its author.")).to_be_visible()

    intern.open("/notes")
    page.get_by_role("link", name="Revise Ada Client").click()
    expect(page.locator(".banner").get_by_text("Say how the client responded.")).to_be_visible()
    page.get_by_label("Assessment", exact=True).fill("Responded well.")
    expect(state(page)).to_contain_text("Saved ")
    sign(page, "Sign and send", "Sign and send")
    expect(page.get_by_text("Waits for Therapist Staff")).to_be_visible()

    supervisor.open(f"/notes/{note_id}")
    theirs.get_by_role("button", name="Approve").first.click()
    theirs.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(theirs.get_by_text("Signed and locked.")).to_be_visible()
    expect(theirs.get_by_text("Approved by Therapist Staff")).to_be_visible()
    expect(theirs.get_by_text("Electronically signed by Intern Staff")).to_be_visible()
    past = theirs.get_by_role("region", name="History")
    expect(past.get_by_text("Approved and locked")).to_be_visible()
    expect(past.get_by_text("Submitted for approval")).to_have_count(3)
    expect(past.get_by_text("Signed and locked")).to_have_count(0)
    expect(theirs.get_by_role("link", name="Add addendum")).to_be_visible()

    intern.open(f"/notes/{note_id}")
    expect(page.get_by_role("link", name="Amend")).to_be_visible()  # which goes to the supervisor again
    expect(page.get_by_role("link", name="Add addendum")).to_have_count(0)


def test_a_supervisor_co_signs_and_nobody_else_does(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    assert practice.staff_ids["therapist"]
    mode = {"supervisor_id": practice.staff_ids["therapist"], "supervision_mode": "co_sign"}
    practice.add("intern", "therapist", **mode)
    client_id, _ = practice.new_client("intern")
    note_id = practice.draft_note(practice.book(client_id, some_day(), "intern"), client_id, "intern")
    practice.people["intern"].post(f"/notes/{note_id}/submit", expect=200)
    other = desk().sign_in(practice.email("owner"))
    other.open(f"/notes/{note_id}")
    expect(other.page.get_by_text("Waits for Therapist Staff")).to_be_visible()
    expect(other.page.get_by_role("button", name="Co-sign")).to_have_count(0)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_role("button", name="Co-sign").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Co-sign").click()
    expect(page.get_by_text("Co-signed by Therapist Staff")).to_be_visible()


def test_the_supervisor_finds_and_signs_the_plan_of_a_supervised_author(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    mode = {"supervisor_id": practice.staff_ids["therapist"], "supervision_mode": "co_sign"}
    practice.add("intern", "therapist", **mode)
    client_id, case_id = practice.new_client("intern")
    body = {"effective_from": "2026-09-01", "review_on": "2040-01-01", "problems": [FIRST]}
    practice.people["intern"].post(f"/cases/{case_id}/treatment-plans", body)
    intern = desk().sign_in(practice.email("intern"))
    page = intern.open(f"/intake/{client_id}/review")
    expect(page.get_by_text("Your supervisor signs this plan.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign plan")).to_have_count(0)
    assert intern.findings() == []

    supervisor = desk().sign_in(practice.email("therapist"))
    theirs = supervisor.open("/notes")
    theirs.get_by_role("link", name="Review plan Ada Client").click()
    theirs.get_by_role("link", name="Review and sign").first.click()
    expect(theirs.get_by_text("Written by Intern Staff.")).to_be_visible()
    theirs.get_by_role("button", name="Sign plan").click()
    expect(theirs.get_by_text("Electronically signed by Therapist Staff")).to_be_visible()
    supervisor.open("/notes")
    expect(theirs.get_by_role("link", name="Review plan Ada Client")).to_have_count(0)
