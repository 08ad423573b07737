"""Tags in the browser: put on a client, read, and the list of those who have one."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def test_a_tag_is_put_on_a_client_and_finds_them(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.owner.patch(f"/clients/{practice.new_client(given_name='Bea')[0]}", {"tags": ["Evenings"]})
    client_id, _ = practice.new_client()
    practice.new_client(given_name="Cora")
    at = desk().sign_in(practice.email("owner"))
    page = at.open(f"/clients/{client_id}/details/edit")
    expect(page.get_by_text("In use: Evenings.")).to_be_visible()
    page.get_by_label("Tags").fill("evenings\n" + "x" * 41)
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_label("Tags")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Tags").fill("evenings\nSliding scale")
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_text("evenings, Sliding scale")).to_be_visible()
    page = at.open("/clients")
    page.get_by_label("Tag", exact=True).select_option("Sliding scale")
    names = page.locator("#client-list tbody td.lead b, #client-list tbody td.lead a")
    expect(names).to_have_text(["Ada Client"])
    page = at.open("/clients?tag=EVENINGS")
    expect(names).to_have_text(["Ada Client", "Bea Client"])
    page.get_by_role("link", name="Number").click()
    expect(names).to_have_text(["Bea Client", "Ada Client"])
