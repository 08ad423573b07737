"""My account in a real browser: second factors, passkeys, password, sessions, preferences, permissions."""

from __future__ import annotations

from typing import Any

import pyotp
import requests
from playwright.sync_api import Page, expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import session_cookie
from tests.practice import PASSWORD, Practice

NEW_PASSWORD = "otter piano gravel 58"


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def give_device(page: Page) -> Any:
    """A device that holds passkeys and is unlocked by its owner, as the browser has it built in."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def add_passkey(page: Page) -> None:
    """Add a passkey named Laptop on the page of second factors, by the device that is there."""
    card = page.get_by_role("region", name="Passkeys")
    card.get_by_label("Name of the passkey").fill("Laptop")
    card.get_by_label("Your password").fill(PASSWORD)
    card.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()


def test_a_practice_that_demands_a_second_factor_has_it_set_up_at_the_sign_in(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    biller = practice.email("biller")
    assert practice.staff_ids["biller"]
    practice.owner.call("PATCH", "/organization", json={"requires_second_factor": True})
    at = desk()
    page = at.open("/sign-in")
    fill(page, **{"E-mail": biller, "Password": PASSWORD})
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{at.url}/account/second-factor")
    expect(page.get_by_text("Your practice wants everybody to have a second factor.")).to_be_visible()
    page = at.open("/help")
    expect(page).to_have_url(f"{at.url}/account/second-factor")  # nothing else is open yet
    assert at.findings() == []

    app = page.get_by_role("region", name="Authenticator app")
    app.get_by_label("Your password").fill("not this one, certainly")
    app.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_role("alert")).to_have_text("The password is wrong.")
    app.get_by_label("Your password").fill(PASSWORD)
    app.get_by_role("button", name="Set up the app").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    expect(page.get_by_role("img", name="QR code of the key below")).to_be_visible()
    assert at.findings() == []
    fill(page, Code="000000")
    page.get_by_role("button", name="Turn the app on").click()
    expect(page.get_by_label("Code", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("img", name="QR code of the key below")).to_be_visible()  # the same key is still good
    fill(page, Code=pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn the app on").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    assert at.findings() == []
    code = page.locator("#recovery-codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(f"{at.url}/home")

    # The next time a recovery code does for the app.
    page.locator(".whoami").click()
    page.locator("#user-menu").get_by_role("button", name="Sign out").click()
    fill(page, **{"E-mail": biller, "Password": PASSWORD})
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("Use a recovery code instead").click()
    fill(page, **{"Recovery code optional": code})
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{at.url}/home")


def test_a_passkey_is_added_signs_in_and_is_removed(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/account/security")
    give_device(page)
    page.get_by_role("link", name="Manage second factor").click()
    add_passkey(page)
    card = page.get_by_role("region", name="Passkeys")
    expect(card.get_by_text("Laptop", exact=True)).to_be_visible()
    assert at.findings() == []

    page.locator(".whoami").click()
    page.locator("#user-menu").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{at.url}/home")

    page.locator(".whoami").click()
    page.locator("#user-menu").get_by_role("link", name="My account").click()
    page.get_by_role("link", name="Sign-in and security").click()
    page.get_by_role("link", name="Manage second factor").click()
    card.get_by_role("button", name="Rename").click()
    dialog = page.get_by_role("dialog", name="What is this passkey called?")
    dialog.get_by_label("Name").fill("Desk")
    dialog.get_by_role("button", name="Save name").click()
    expect(card.get_by_text("Desk", exact=True)).to_be_visible()
    card.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove this passkey?")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Go on with a passkey").click()  # it is the proof of itself
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    expect(card.get_by_text("Desk", exact=True)).to_have_count(0)


def test_profile_preferences_password_and_sessions_are_ones_own(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/account")
    fill(page, **{"Phone optional": "nothing"})
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_label("Phone optional")).to_have_attribute("aria-invalid", "true")
    fill(page, **{"Phone optional": "+12125550123", "Pronouns optional": "she/her"})
    practice.owner.call("PATCH", "/me", json={"pronouns": "they/them"})
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Somebody changed your profile meanwhile.")).to_be_visible()
    expect(page.get_by_label("Pronouns optional")).to_have_value("she/her")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert practice.owner.get("/me")["staff"]["pronouns"] == "she/her"
    page.get_by_text("Dark", exact=True).click()
    page.get_by_label("Single keys are shortcuts").uncheck()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert not practice.owner.get("/me")["preferences"]["single_keys"]

    page = at.open("/account/security")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("You are signed out everywhere else.")).to_be_visible()
    wait_until(lambda: practice.owner.call("GET", "/me").status_code == 401, 10, "the end of the other session")
    other = practice.sign_in("owner")
    page.reload()
    page.get_by_role("button", name="End this session").click()
    expect(page.get_by_text("The session has ended.")).to_be_visible()
    wait_until(lambda: other.call("GET", "/me").status_code == 401, 10, "the end of that session")

    card = page.get_by_role("region", name="Password", exact=True)
    card.get_by_label("Your password").fill("not this one, certainly")
    card.get_by_label("New password").fill(NEW_PASSWORD)
    card.get_by_role("button", name="Change password").click()
    expect(card.get_by_label("Your password")).to_have_attribute("aria-invalid", "true")
    card.get_by_label("Your password").fill(PASSWORD)
    card.get_by_label("New password").fill("olga admin olga admin")
    card.get_by_role("button", name="Change password").click()
    expect(card.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    card.get_by_label("Your password").fill(PASSWORD)
    card.get_by_label("New password").fill(NEW_PASSWORD)
    before = session_cookie(page)
    card.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    assert session_cookie(page) != before
    refused = requests.get(f"{at.url}/account", cookies={"sid": before}, allow_redirects=False, timeout=10)
    assert refused.status_code in (302, 303, 401), "the cookie from before is refused"
    card = page.get_by_role("region", name="E-mail address")
    card.get_by_label("New address").fill(practice.email("moved"))
    card.get_by_label("Your password").fill(NEW_PASSWORD)
    card.get_by_role("button", name="Mail the link").click()
    expect(page.get_by_text("A link is on its way to the new address.")).to_be_visible()
    expect(card.get_by_text(f"Waiting for you to confirm {practice.email('moved')}.")).to_be_visible()
    expect(card.get_by_role("button", name="Send again")).to_be_visible()
    assert at.findings() == []
    card.get_by_role("button", name="Cancel the change").click()
    expect(page.get_by_text("Your address stays.")).to_be_visible()
    expect(card.get_by_role("button", name="Mail the link")).to_be_visible()


def test_somebody_reads_what_they_may_do_and_why(desk: Any, web_practice: Practice) -> None:
    assert web_practice.staff_ids["biller"]
    at = desk().sign_in(web_practice.email("biller"))
    page = at.open("/account/permissions")
    expect(page.get_by_role("listitem").filter(has_text="Payments")).to_contain_text("Level Billing")
    clients = page.get_by_role("listitem").filter(has_text="See, add, changeEverybody on the staff")
    expect(clients.first).to_be_visible()
    expect(page.get_by_text("Staff", exact=True)).to_be_visible()


def test_a_session_of_somebody_else_is_nothing_here(desk: Any, web_practice: Practice) -> None:
    """Ending another's session by its id, and a proof that is no JSON."""
    others = web_practice.people["desk"].get("/me/sessions")["items"][0]["id"]
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/account/security")
    csrf = page.locator("meta[name=csrf]").get_attribute("content") or ""
    sid = session_cookie(page)
    response = requests.post(
        f"{at.url}/account/sessions/{others}/end",
        data={"csrf": csrf},
        cookies={"sid": sid},
        headers={"Sec-Fetch-Site": "same-origin"},
        timeout=20,
    )
    assert response.status_code == 404
    assert web_practice.people["desk"].call("GET", "/me").status_code == 200
