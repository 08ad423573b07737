"""The history beside a signed note: attendance, the draft invoice, and who read it, for who may know."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.test_note_editor import some_day
from tests.practice import Practice


def test_the_history_says_what_each_reader_may_know(desk: Any, web_practice: Practice) -> None:
    practice = web_practice
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, some_day())
    therapist = practice.people["therapist"]
    therapist.post(f"/appointments/{appointment_id}/status", {"status": "arrived"}, expect=200)
    note_id = practice.draft_note(appointment_id, client_id)
    therapist.post(f"/notes/{note_id}/sign", expect=200)
    practice.draft_of(appointment_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note_id}")
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("Attendance set: kept")
    expect(history).not_to_contain_text("Draft invoice made")
    expect(history.get_by_role("link", name="Who read it")).to_have_count(0)
    at = desk().sign_in(practice.email("owner"))
    page = at.open(f"/notes/{note_id}")
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("Draft invoice made")
    assert at.findings() == []
    history.get_by_role("link", name="Who read it").click()
    expect(history.get_by_text("Read", exact=True).first).to_be_visible()
    expect(history.get_by_role("listitem").filter(has_text="Read").filter(has_text="Therapist Staff")).to_have_count(1)
    assert at.findings() == []
