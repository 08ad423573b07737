"""Clients who may be the same person: side by side, not the same person, taken back; and who may not decide."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import NARROW
from tests.practice import Practice

AT = "/clients/duplicates"


def pairs(practice: Practice, **query: Any) -> list[dict[str, Any]]:
    return list(practice.owner.get("/client-duplicates", **query)["items"])


def test_two_people_are_told_apart_and_it_is_undone(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    assert practice.staff_ids["manager"] and practice.staff_ids["desk"]
    known = {"family_name": "Double", "date_of_birth": "1990-01-02", "phone": "+12125550142"}
    at = desk().sign_in(practice.email("manager"))
    page = at.open("/clients")
    page.get_by_role("link", name="Duplicates", exact=True).click()
    at.arrive(AT)
    expect(page.get_by_role("heading", name="No duplicates")).to_be_visible()
    assert at.findings() == []
    for given_name, email in (("Dorothea", "dot@example.org"), ("Dot", "dorothea@example.org")):
        practice.owner.post("/clients", {**known, "given_name": given_name, "email": email})
    wait_until(lambda: pairs(practice), 20, "the pair")

    page = at.open(AT)
    both = page.get_by_role("region", name="Dorothea Double and Dot Double")
    expect(both.get_by_role("row")).to_have_count(3)
    why = "Same phone or e-mail; same birth date, and a part of the name (80 of 100)"
    expect(page.get_by_text(why)).to_be_visible()
    expect(both.locator("tr", has_text="Dot Double").locator(".found")).to_have_count(2)
    page.get_by_role("button", name="Not the same person").click()
    expect(page.locator("#toasts")).to_contain_text("They stay two clients.")
    expect(page.get_by_role("heading", name="No duplicates")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("The pair is listed again.")
    assert [pair["dismissed_at"] for pair in pairs(practice)] == [None]
    page.get_by_role("button", name="Not the same person").click()
    expect(page.locator("#toasts")).to_contain_text("They stay two clients.")

    page.get_by_role("link", name="Two people").click()
    expect(page.get_by_text("Two people: ")).to_be_visible()
    at.look(NARROW, "dark")
    assert at.findings() == [] and not at.scrolls_sideways()
    page.get_by_role("button", name="List again").click()
    expect(page.locator("#toasts")).to_contain_text("The pair is listed again.")

    page = desk().sign_in(practice.email("desk")).open(AT)
    expect(page.get_by_role("region", name="Dorothea Double and Dot Double")).to_be_visible()
    expect(page.get_by_role("button", name="Not the same person")).to_have_count(0)
