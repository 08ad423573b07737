"""Responsible people in the browser: two parents share, a third share is refused beside its input, one ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def test_two_parents_share_and_one_of_them_ends(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    child, _ = practice.new_client(given_name="Cora")
    page = desk().sign_in(practice.email("owner")).open(f"/clients/{child}/details")
    expect(page.get_by_text("Parents, guardians and others who pay a share stand here.")).to_be_visible()
    for name, percent in (("Rosa", "60"), ("Luis", "50")):
        page.get_by_role("link", name="Add responsible person").click()
        page.get_by_label("Given name").fill(name)
        page.get_by_label("Family name").fill("Quint")
        page.get_by_label("Percent of what the client is to pay").fill(percent)
        page.get_by_label("First day").fill("2026-03-01")
        page.get_by_role("button", name="Add responsible person").click()
    refusal = "The shares of March 1, 2026 come to more than 100%. At most 40% is left."
    expect(page.get_by_label("Percent of what the client is to pay")).to_have_accessible_description(refusal)
    expect(page.get_by_label("Amount, in dollars")).to_be_hidden()
    page.get_by_label("What they pay").select_option("Up to an amount each month")
    page.get_by_label("Amount, in dollars").fill("500")
    page.get_by_role("button", name="Add responsible person").click()
    expect(page.get_by_text("The responsible person is added.")).to_be_visible()
    payer = page.locator("li", has_text="Luis Quint")
    expect(payer).to_contain_text("Up to $500.00 a month of every service from March 1, 2026")
    expect(page.locator("li", has_text="Rosa Quint")).to_contain_text("60% of every service from March 1, 2026")
    payer.get_by_role("link", name="Change or end the share of Luis Quint").click()
    page.get_by_label("Last day").fill("2026-03-31")
    page.get_by_role("button", name="Save share").click()
    expect(page.locator("li", has_text="Rosa Quint")).to_be_visible()
    expect(page.locator("li", has_text="Luis Quint")).to_have_count(0)
    page.get_by_role("link", name="Earlier shares and changes").click()
    expect(page.locator("li", has_text="Luis Quint").first).to_contain_text("through March 31, 2026")
    expect(page.locator("li", has_text="Before: Luis Quint")).to_have_count(1)
