"""The list of all notes and the search within a case, in the browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.test_note_editor import some_day
from tests.practice import Practice


def test_a_therapist_narrows_the_list_and_finds_words_in_a_case(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client(given_name="Lena")
    other_id, _ = practice.new_client(given_name="Otto")
    for about, words in ((client_id, "Tried the grounding exercise twice."), (other_id, "Rests.")):
        appointment_id = practice.book(about, some_day())
        note_id = practice.draft_note(appointment_id, about)
        practice.people["therapist"].patch(f"/notes/{note_id}", {"content": {"subjective": words}})
    at = desk().sign_in(practice.email("therapist"))
    page = at.open("/notes")
    page.get_by_role("link", name="All notes").click()
    at.arrive("/notes/all")
    rows = page.locator("[data-rows] li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Rests.")
    assert at.findings() == []
    page.get_by_label("State").select_option("signed")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("No note matches")).to_be_visible()
    page = at.open(f"/clients/{client_id}/cases")
    page.get_by_role("link", name="List and narrow all notes about this client").click()
    expect(page.get_by_text("About Lena Client")).to_be_visible()
    expect(rows).to_have_count(1)
    page = at.open(f"/clients/{client_id}/cases")
    page.get_by_label("Find words in these notes").fill("GROUNDING exercise")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator(".first-line")).to_have_text("Tried the grounding exercise twice.")
    expect(page.get_by_role("link", name="Show all")).to_be_visible()
    assert "grounding" not in page.url.lower()
    assert at.findings() == []
    page.get_by_label("Find words in these notes").fill("nothing like it")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_text("No note has these words")).to_be_visible()
