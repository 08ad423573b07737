"""Own fields in the browser: made by an administrator, filled in for a client, and two who change one at once."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def test_a_field_is_made_filled_in_and_archived(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/client-fields/new")
    page.get_by_label("Name").fill("Pets")
    expect(page.get_by_label("Choices")).to_be_hidden()
    page.get_by_label("Type").select_option("Choice")
    page.get_by_role("button", name="Add field").click()
    expect(page.get_by_label("Choices")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Choices").fill("Dog\nCat")
    page.get_by_role("button", name="Add field").click()
    expect(page.get_by_role("row", name="Pets")).to_contain_text("Dog, Cat")
    practice.owner.post("/client-fields", {"name": "Siblings", "type": "number", "on_new_client": True})
    page = at.open("/clients/new")
    expect(page.get_by_label("Siblings")).to_be_visible()
    expect(page.get_by_label("Pets")).to_have_count(0)
    details = f"/clients/{client_id}/details"
    page = at.open(f"{details}/edit")
    page.get_by_label("Pets").select_option("Cat")
    page.get_by_label("Siblings").fill("many")
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_label("Siblings")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Siblings").fill("2.5")
    practice.owner.patch(f"/clients/{client_id}", {"custom": {"pets": "dog"}})
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_text("Pets is now: Dog")).to_be_visible()
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert practice.owner.get(f"/clients/{client_id}")["custom"] == {"pets": "cat", "siblings": 2.5}
    page = at.open("/settings/client-fields")
    page.get_by_role("link", name="Pets").click()
    page.get_by_label("Choice 2").fill("Cats")
    page.get_by_label("Choice 3").fill("Bird")
    page.get_by_role("button", name="Save field").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_label("Choice 3")).to_have_value("Bird")
    page.get_by_role("button", name="Archive field").click()
    expect(page.get_by_text("The field is archived.")).to_be_visible()
    page = at.open(details)
    expect(page.locator("section", has_text="own fields")).to_contain_text("Pets (archived)")
    expect(page.locator("section", has_text="own fields")).to_contain_text("Cats")
    page = at.open(f"{details}/edit")
    expect(page.get_by_label("Pets")).to_have_count(0)
    expect(page.get_by_label("Siblings")).to_have_value("2.5")
