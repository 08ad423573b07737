"""A browser that somebody signed in with lets them in while a stranger guesses from the same address."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from tests.practice import PASSWORD, Practice


def sign_in(at: Any, email: str) -> None:
    page = at.open("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def device_in(at: Any) -> dict[str, Any]:
    (cookie,) = [kept for kept in at.page.context.cookies() if kept["name"] == "device"]
    return dict(cookie)


@pytest.mark.abuse("A-AUTH-lockout-device")
def test_the_owner_signs_in_where_they_did_before_and_a_fresh_browser_waits(desk: Any, web_practice: Practice) -> None:
    email = Practice(web_practice.url).email("owner")
    at = desk()
    sign_in(at, email)
    expect(at.page).to_have_url(f"{at.url}/home")
    kept = device_in(at)
    assert (
        kept["httpOnly"]
        and kept["sameSite"] == "Lax"
        and kept["path"] == "/"
        and kept["value"] not in at.page.content()
    )
    assert at.page.evaluate("document.cookie") == ""

    at.page.locator(".whoami").click()
    at.page.locator("#user-menu").get_by_role("button", name="Sign out").click()
    expect(at.page).to_have_url(f"{at.url}/sign-in")
    assert device_in(at)["value"] == kept["value"], "signing out does not make the browser a stranger"
    assert not [kept for kept in at.page.context.cookies() if kept["name"] == "sid"]

    wrong = {"email": email, "password": "not this one, certainly"}
    for _ in range(6):
        response = requests.post(f"{web_practice.url}/api/v1/sessions", json=wrong, timeout=20)
    assert response.status_code == 429
    fresh = desk()
    sign_in(fresh, email)
    expect(fresh.page.get_by_role("alert")).to_have_text("Too many wrong passwords. Wait a minute and try again.")
    sign_in(at, email)
    expect(at.page).to_have_url(f"{at.url}/home")
    assert device_in(at)["value"] != kept["value"], "each sign-in makes a new one"
