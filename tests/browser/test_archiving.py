"""Archiving a client: the page asks about open money and appointments first, and the client comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from shared import clock
from tests.browser.conftest import Desk
from tests.practice import Practice


def window(desk: Any, practice: Practice, name: str) -> Desk:
    """A browser of that person, who joins first where nobody asked for them yet."""
    assert practice.staff_ids[name]
    opened: Desk = desk().sign_in(practice.email(name))
    return opened


def test_story_14_archiving_asks_about_open_money_and_coming_appointments(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    other, _ = practice.new_client()
    days = [f"{clock.now() + timedelta(days=ahead):%Y-%m-%d}T10:00" for ahead in (3, 4, 5)]
    coming, gone = practice.book(client_id, days[0]), practice.book(client_id, days[1])
    practice.owner.post(f"/appointments/{gone}/status", {"status": "cancelled"}, expect=200)
    shared = practice.book(client_id, days[2], client_ids=[client_id, other])
    payment = {"client_id": client_id, "amount_cents": 5_000, "method": "card", "received_on": "2026-09-30"}
    practice.owner.post("/payments", payment)
    page = window(desk, practice, "owner").open(f"/clients/{client_id}/details")
    treatment = page.get_by_role("region", name="In treatment")
    expect(treatment.get_by_role("listitem")).to_have_text(
        ["Still to come: 2 appointments.", "$50.00 of credit is kept for them."]
    )
    page.get_by_role("link", name="Archive client").click()
    expect(page.get_by_role("list", name="Still to come").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_text("with 1 other")).to_be_visible()
    page.get_by_role("button", name="Archive client").click()
    expect(page.get_by_text("Say why, in a sentence")).to_be_visible()
    assert practice.owner.get(f"/clients/{client_id}")["status"] == "active"
    page.get_by_label("Why they are cancelled").fill("Moved away")
    page.get_by_role("button", name="Archive client").click()
    expect(page.get_by_text("The client is archived, and the appointments are cancelled.")).to_be_visible()
    assert practice.owner.get(f"/appointments/{coming}")["status"] == "cancelled"
    assert practice.owner.get(f"/appointments/{coming}/history")["items"][-1]["reason"] == "Moved away"
    assert practice.owner.get(f"/appointments/{shared}")["status"] == "booked", "others come to it"
    practice.owner.post("/payments", payment)
    page.get_by_role("button", name="Make active again").click()
    expect(page.get_by_text("The client is active again.")).to_be_visible()


def test_archiving_is_taken_back(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    page = window(desk, practice, "desk").open(f"/clients/{client_id}/details")
    page.get_by_role("button", name="Archive client").click()
    expect(page.get_by_text("The client is archived.")).to_be_visible()
    expect(page.locator(".chart-head").get_by_text("Archived")).to_be_visible()
    expect(page.get_by_role("link", name="Schedule")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The client is active again.")).to_be_visible()
    expect(page.get_by_role("link", name="Schedule")).to_be_visible()
    assert practice.owner.get(f"/clients/{client_id}")["status"] == "active"
    practice.owner.patch(f"/clients/{client_id}", {"status": "archived"})
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Clients").click()
    expect(page.get_by_role("heading", name="Nobody is on this list")).to_be_visible()
