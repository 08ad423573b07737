"""The menu of a line of the client list: what the person may do with that client, by mouse and by keys."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def add(practice: Practice, given: str, **more: Any) -> str:
    body = {"given_name": given, "family_name": "Client", "date_of_birth": "1990-01-02", **more}
    return str(practice.owner.post("/clients", body, expect=201)["id"])


def test_a_line_offers_what_somebody_may_do(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    ada, gone = add(practice, "Ada"), add(practice, "Bea")
    practice.owner.patch(f"/clients/{gone}", {"status": "archived"})
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/clients?status=all")
    menu = page.get_by_role("navigation", name="What to do with Bea Client")
    opener = page.get_by_role("button", name="More about Bea Client")
    opener.click()
    expect(menu.get_by_role("link")).to_have_text(["Open", "Take payment", "Change details"])
    box, below = menu.bounding_box(), opener.bounding_box()
    assert box and below and abs(box["y"] - below["y"]) < 250, "it stands beside its own line"
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    menu = page.get_by_role("navigation", name="What to do with Ada Client")
    page.get_by_role("button", name="More about Ada Client").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link")).to_have_text(
        ["Open", "Schedule", "Take payment", "Assign staff", "Change details", "Archive"]
    )
    menu.get_by_role("link", name="Schedule").click()
    at.arrive(f"/agenda/new?client_id={ada}")
    expect(page.get_by_role("combobox", name="Client")).to_have_value("Ada Client")
    assert practice.staff_ids["desk"]
    narrow = desk().sign_in(practice.email("desk")).open("/clients")
    narrow.get_by_role("button", name="More about Ada Client").click()
    expect(narrow.get_by_role("navigation", name="What to do with Ada Client").get_by_role("link")).to_have_text(
        ["Open", "Schedule", "Change details", "Archive"]
    )
    assert at.findings() == []
