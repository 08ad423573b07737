"""Goals of a plan are ticked in a note, stand in the signed one, and their sessions are counted, in the browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.test_note_editor import some_day, state, stored
from tests.browser.test_notes import sign
from tests.browser.visits.documentation import PROBLEM
from tests.practice import Practice

GOAL = "Feel calm on most days."


def test_a_goal_that_is_ticked_is_signed_and_counted(desk: Any, web_practice: Practice) -> None:
    practice = web_practice
    client_id, case_id = practice.new_client()
    therapist = practice.people["therapist"]
    body = {"effective_from": "2025-01-01", "review_on": "2035-01-01", "problems": [PROBLEM]}
    plan = therapist.post(f"/cases/{case_id}/treatment-plans", body)
    therapist.post(f"/treatment-plans/{plan['id']}/sign", expect=200)
    note_id = practice.draft_note(practice.book(client_id, some_day()), client_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    page.get_by_label(GOAL).check()
    expect(state(page)).to_contain_text("Saved")
    page.get_by_label("Risk").select_option("low")
    expect(state(page)).to_contain_text("Saved")
    assert at.findings() == []
    page = at.open(f"/notes/{note_id}")
    expect(page.get_by_label(GOAL)).to_be_checked()
    expect(page.get_by_label("Risk")).to_have_value("low")
    sign(page)
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    document = page.get_by_role("article")
    expect(document).to_contain_text("1 goal")
    expect(document).to_contain_text(GOAL)
    expect(document).to_contain_text("Low")
    assert [goal["description"] for goal in stored(practice, note_id)["goals"]] == [GOAL]
    for path in (f"/clients/{client_id}/plan", f"/clients/{client_id}"):
        page = at.open(path)
        expect(page.get_by_text("1 of 1 session", exact=True)).to_be_visible()
        assert at.findings() == []
