"""A session that nobody is at, and a browser without scripts."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import PASSWORD, Practice


def test_somebody_who_is_not_there_is_warned_and_then_covered(desk: Any, web_practice: Practice) -> None:
    """The page's own clock runs ahead: two minutes before the end it asks, and then it covers what is shown."""
    at = desk()
    at.page.clock.install()
    at.sign_in(web_practice.email("owner"))
    page = at.open("/home")
    minutes = int(page.locator("meta[name=idle-minutes]").get_attribute("content") or 0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for((minutes - 2) * 60_000 + 5_000)
    warning = page.get_by_role("dialog", name="Are you still there?")
    expect(warning).to_be_visible()
    assert at.findings() == []
    assert asked == [], "a page alone keeps no session alive"
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).not_to_be_visible()
    assert asked == [f"{at.url}/session"]
    page.clock.run_for(minutes * 60_000 + 5_000)
    expect(page.get_by_role("dialog", name="Sign in to go on")).to_be_visible()
    expect(page.locator("#main")).not_to_be_visible()


def test_without_scripts_a_page_reads_signs_in_and_sends(desk: Any, web_practice: Practice) -> None:
    at = desk(java_script_enabled=False)
    page = at.open("/sign-in")
    page.get_by_label("E-mail").fill(web_practice.email("owner"))
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{at.url}/home")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Olga")
