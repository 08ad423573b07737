"""Locations, the settings that keep records safe, and the review of accesses in an emergency, in the browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def test_a_location_with_rooms_is_added_changed_and_closed(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/locations")
    expect(page.get_by_text("No locations yet")).to_be_visible()
    page.get_by_role("link", name="Add location").first.click()
    page.get_by_label("Name", exact=True).fill("Mill Lane")
    page.get_by_label("Room 1", exact=True).fill("Blue <b>room</b>")
    page.get_by_label("People in room 1").fill("many")
    page.get_by_role("button", name="Add location").click()
    expect(page.get_by_label("People in room 1")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("People in room 1").fill("4")
    page.get_by_role("button", name="Add location").click()
    expect(page.get_by_text("The location is added.")).to_be_visible()
    location_id = page.url.split("/")[-1].split("?")[0]

    practice.owner.patch(f"/locations/{location_id}", {"phone": "+15185550123"})
    page.get_by_label("Room 2", exact=True).fill("Green room")
    page.get_by_role("button", name="Save location").click()
    expect(page.get_by_text("Phone is now: (518) 555-0123")).to_be_visible()
    page.get_by_role("link", name="use theirs").click()
    expect(page.get_by_label("Phone", exact=False).first).to_have_value("(518) 555-0123")
    page.get_by_label("Room 1", exact=True).fill("")
    page.get_by_label("Room 2", exact=True).fill("Green room")
    page.get_by_role("button", name="Save location").click()
    expect(page.get_by_label("Room 1", exact=True)).to_have_value("Green room")
    rooms = practice.owner.get(f"/locations/{location_id}")["rooms"]
    assert {room["name"]: room["active"] for room in rooms} == {"Blue <b>room</b>": False, "Green room": True}

    page.get_by_label("Effective from").fill("2030-02-01")
    page.locator("#printed-name").fill("Mill Lane, second floor")
    page.get_by_role("button", name="Record what it prints").click()
    expect(page.get_by_text("From Fri, Feb 1, 2030")).to_be_visible()
    page.get_by_role("button", name="Close location").click()
    expect(page.get_by_text("The location is closed.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Close location")).to_be_visible()
    assert at.findings() == []


def test_what_keeps_records_safe_is_organization_administrations(desk: Any, web_practice: Practice) -> None:
    """Administration reads it; a clinician's access in an emergency is reviewed by somebody else."""
    practice = Practice(web_practice.url)
    assert practice.staff_ids["manager"]
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/security")
    page.get_by_label("Clinicians may open a record in an emergency").check()
    page.get_by_label("Minutes of emergency access").fill("5")
    page.get_by_role("button", name="Save security settings").click()
    expect(page.get_by_label("Minutes of emergency access")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Minutes of emergency access").fill("30")
    page.get_by_role("button", name="Save security settings").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()

    client_id, _ = practice.new_client()
    reason = "The client called in a crisis, and their therapist is ill."
    colleague = practice.add("colleague", "therapist")
    opened = colleague.post(f"/clients/{client_id}/break-glass", {"reason": reason})
    colleague.post(f"/break-glass/{opened['id']}/end", expect=200)

    manager = desk().sign_in(practice.email("manager"))
    page = manager.open("/settings/security")
    expect(page.get_by_text("Only Organization Administration changes these settings.")).to_be_visible()
    expect(page.get_by_text("On, for 30 minutes")).to_be_visible()
    expect(page.get_by_role("button", name="Save security settings")).to_have_count(0)
    page.get_by_role("link", name="Review emergency accesses").click()
    expect(page.get_by_text(reason)).to_be_visible()
    expect(page.get_by_text("Colleague Staff opened the record of")).to_be_visible()
    page.get_by_text("Review", exact=True).click()
    page.get_by_text("Justified", exact=True).first.click()
    page.get_by_role("button", name="Reviewed").click()
    expect(page.get_by_label("Comment")).to_be_focused()
    page.get_by_label("Comment").fill("The therapist was on leave.")
    page.get_by_role("button", name="Reviewed").click()
    expect(page.get_by_text("Nothing to review")).to_be_visible()
    page.get_by_role("link", name="All").click()
    expect(page.get_by_text("The therapist was on leave.")).to_be_visible()
    assert manager.findings() == []
    assert "Ada" not in page.title() + page.url

    therapist = desk().sign_in(practice.email("therapist"))
    for path in ("/settings/security", "/settings/emergency-access", "/settings/locations"):
        assert therapist.page.goto(therapist.url + path).status == 403
