"""Signing in, staying, signing in again where one was, and leaving: in a real browser."""

from __future__ import annotations

import time
from typing import Any

import pyotp
import requests
from playwright.sync_api import expect

from embedded.api_client import ApiClient
from tests.browser.conftest import session_cookie
from tests.practice import PASSWORD, Practice


def test_the_bare_address_leads_to_the_sign_in_and_from_there_home(desk: Any, web_practice: Practice) -> None:
    at = desk()
    page = at.open("/")
    expect(page).to_have_url(f"{at.url}/sign-in")
    page.get_by_label("E-mail").fill(web_practice.email("owner"))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at.url}/home")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Olga")
    (cookie,) = [entry for entry in page.context.cookies() if entry["name"] == "sid"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["path"] == "/"
    assert page.evaluate("document.cookie") == "" and page.evaluate("localStorage.length") == 0


def test_a_page_that_was_wanted_is_there_after_signing_in(desk: Any, web_practice: Practice) -> None:
    at = desk()
    page = at.open("/help")
    expect(page).to_have_url(f"{at.url}/sign-in?to=%2Fhelp")
    page.get_by_label("E-mail").fill(web_practice.email("owner"))
    page.get_by_label("Password").fill("not this one, certainly")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{at.url}/help")


def test_the_code_is_asked_on_the_same_page_and_the_password_never_comes_back(
    desk: Any, web_practice: Practice
) -> None:
    owner = Practice(web_practice.url)
    secret = owner.owner.post("/me/totp", {"password": PASSWORD}, 200)["secret"]
    owner.owner.post("/me/totp/confirm", {"code": pyotp.TOTP(secret).now()}, 200)
    at = desk()
    page = at.open("/sign-in")
    page.get_by_label("E-mail").fill(owner.email("owner"))
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response("**/sign-in") as answered:
        page.get_by_role("button", name="Sign in").click()
    assert answered.value.status == 422 and PASSWORD not in answered.value.text()
    expect(page.get_by_text("Enter the code that your authenticator app shows now.")).to_be_visible()
    # The code that enrolled is spent; the next one is accepted already.
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(int(time.time()) + 30))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{at.url}/home")


def test_who_works_at_two_practices_chooses_one_on_the_same_page(desk: Any, web_practice: Practice) -> None:
    first = Practice(web_practice.url)
    same = {"given_name": "Olga", "family_name": "Admin", "email": first.email("owner"), "password": PASSWORD}
    second = {"name": "Second Street", "time_zone": "America/New_York", "administrator": same}
    ApiClient(first.url).post("/organizations", second)
    at = desk()
    page = at.open("/sign-in")
    page.get_by_label("E-mail").fill(first.email("owner"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You work at more than one practice. Choose where to sign in.")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(2)
    assert at.findings() == []
    page.get_by_label("Second Street").check()
    page.get_by_label("Password").fill(PASSWORD)  # it never comes back
    page.get_by_role("button", name="Sign in").click()
    at.arrive("/home")
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_contain_text("Second Street")


def test_too_many_wrong_passwords_are_said_on_the_form(desk: Any, web_practice: Practice) -> None:
    wrong = {"email": web_practice.email("nobody"), "password": "not this one, certainly"}
    for _ in range(5):
        assert requests.post(f"{web_practice.url}/api/v1/sessions", json=wrong, timeout=20).status_code == 401
    page = desk().open("/sign-in")
    page.get_by_label("E-mail").fill(wrong["email"])
    page.get_by_label("Password").fill(wrong["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Too many wrong passwords. Wait a minute and try again.")


def test_after_signing_out_the_back_button_shows_nothing(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/home")
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sid")
    page.locator(".whoami").click()
    page.locator("#user-menu").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{at.url}/sign-in")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{at.url}/sign-in")
    old = requests.get(f"{at.url}/home", cookies={"sid": token}, allow_redirects=False, timeout=5)
    assert old.status_code == 303 and old.headers["Location"] == "/sign-in"


def test_a_cookie_is_no_bearer_token_nor_the_reverse(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    sid = session_cookie(at.page)
    response = requests.get(f"{at.url}/api/v1/me", headers={"Authorization": f"Bearer {sid}"}, timeout=5)
    assert response.status_code == 401
    assert requests.get(f"{at.url}/api/v1/me", cookies={"sid": sid}, timeout=5).status_code == 401
    bearer = web_practice.owner.token
    page = requests.get(f"{at.url}/home", cookies={"sid": bearer}, allow_redirects=False, timeout=5)
    assert page.status_code == 303
