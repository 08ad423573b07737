"""Related clients in the browser: found, added, seen from the other chart, and removed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def test_a_related_client_is_found_added_and_removed_from_the_other_side(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    mother, _ = practice.new_client(given_name="Bea")
    child, _ = practice.new_client(given_name="Cora")
    at = desk().sign_in(practice.email("owner"))
    page = at.open(f"/clients/{child}/details")
    page.get_by_role("link", name="Add related client").click()
    page.get_by_label("Name, phone, birth date or number").press_sequentially("Client")
    row = page.locator("#found li")
    expect(row.filter(has_text="Bea Client")).to_be_visible()
    expect(row.filter(has_text="Cora Client")).to_have_count(0)
    page.get_by_label("What Bea Client is to this client").select_option("Parent")
    page.get_by_role("button", name="Add Bea Client").click()
    expect(page.get_by_text("The related client is added.")).to_be_visible()
    expect(page.locator("li", has_text="Bea Client")).to_contain_text("Parent, no. ")
    page.get_by_role("link", name="Bea Client").click()
    other = page.locator("li", has_text="Cora Client")
    expect(other).to_contain_text("Child, no. ")
    other.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("They no longer stand among the related clients.")).to_be_visible()
    expect(page.locator("li", has_text="Cora Client")).to_have_count(0)
    assert practice.owner.get(f"/clients/{child}/related-clients")["items"] == []
    page = at.open(f"/clients/{mother}/details/related")
    expect(page.get_by_role("link", name="Back to details")).to_be_visible()
