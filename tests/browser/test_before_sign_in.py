"""Starting a practice, and the links that are mailed: in a real browser, from the first page to Home."""

from __future__ import annotations

from typing import Any

import psycopg
from playwright.sync_api import Page, expect

from embedded.stack import Stack
from tests.practice import PASSWORD, Practice, mailed_token

NEW_PASSWORD = "otter piano gravel 58"


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def age(stack: Stack, email: str) -> None:
    """A day goes by for the links that were mailed to somebody."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + "/identity"
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE mailed_tokens SET expires_at = now() - interval '1 minute' WHERE staff_id IN"
            " (SELECT id FROM staff WHERE email = %s)",
            (email,),
        )


def test_somebody_starts_a_practice_and_confirms_their_address(
    desk: Any, embedded_stack: Stack, web_practice: Practice
) -> None:
    email = web_practice.email("founder")
    at = desk(timezone_id="America/Chicago")
    page = at.open("/sign-in")
    page.get_by_role("link", name="Start a practice").click()
    zone = page.get_by_label("Time zone")
    expect(zone).to_have_value("America/Chicago")
    fill(page, Practice_name="Willow Row", Given_name="Wren", Family_name="Founder")
    fill(page, **{"E-mail": email, "Password": "wren founder"})
    page.get_by_role("button", name="Start the practice").click()
    password = page.get_by_label("Password")
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_be_focused()
    assert at.findings() == []
    zone.select_option("America/Denver")
    password.fill(NEW_PASSWORD)
    page.get_by_role("button", name="Start the practice").click()
    expect(page).to_have_url(f"{at.url}/home")
    expect(page.get_by_text("Your practice is ready. We mailed you a link to confirm your address.")).to_be_visible()
    expect(page.get_by_role("region", name="Set up Willow Row")).to_be_visible()
    line = page.get_by_text("Confirm your e-mail address.")
    expect(line).to_be_visible()
    assert at.findings() == []

    first = mailed_token(embedded_stack, email, "/confirm")
    age(embedded_stack, email)
    page = at.open(f"/confirm#token={first}")
    assert page.evaluate("location.hash") == ""  # neither a log nor the history keeps it
    page.get_by_role("button", name="Confirm address").click()
    expect(page.get_by_role("alert")).to_have_text("This link has expired. Sign in and ask for a new one.")
    page = at.open("/home")
    expect(line).to_be_visible()  # opening the page alone changes nothing
    page.get_by_role("button", name="Mail a new link").click()
    expect(page.get_by_text("A new link is on its way.")).to_be_visible()
    token = mailed_token(embedded_stack, email, "/confirm", but=first)
    page = at.open(f"/confirm#token={token}")
    page.get_by_role("button", name="Confirm address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your address is confirmed")
    page.get_by_role("link", name="Go to Home").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wren")
    expect(line).to_have_count(0)


def test_somebody_who_was_invited_joins_by_the_link(desk: Any, web_practice: Practice) -> None:
    body = {"given_name": "Noor", "family_name": "New", "email": web_practice.email("noor"), "levels": ["billing"]}
    token = web_practice.owner.post("/staff", body)["invitation"]["token"]
    at = desk()
    page = at.open(f"/join#token={token}")
    expect(page.get_by_text("Olga Admin invites you to join Practice.")).to_be_visible()
    assert at.findings() == []
    fill(page, Password="short")
    page.get_by_role("button", name="Join the practice").click()
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Olga Admin invites you to join Practice.")).to_be_visible()
    fill(page, Password=NEW_PASSWORD)
    page.get_by_role("button", name="Join the practice").click()
    expect(page).to_have_url(f"{at.url}/home")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Noor")

    page = at.open(f"/join#token={token}")
    expect(page.get_by_role("alert")).to_contain_text("expired or was used already")
    expect(page.get_by_text("Ask the person who invited you for a new invitation.")).to_be_visible()
    assert at.findings() == []


def test_a_forgotten_password_is_set_anew_once(desk: Any, embedded_stack: Stack) -> None:
    practice = Practice(embedded_stack.url)
    email = practice.email("owner")
    at = desk()
    page = at.open("/sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    fill(page, **{"E-mail": email})
    page.get_by_role("button", name="Mail a link").click()
    expect(page.get_by_text("If this address has an account, a link is on its way.")).to_be_visible()
    token = mailed_token(embedded_stack, email, "/password-reset")

    page = at.open(f"/password-reset#token={token}")
    fill(page, New_password=NEW_PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page).to_have_url(f"{at.url}/sign-in")
    expect(page.get_by_text("Your new password is set. Sign in with it.")).to_be_visible()
    fill(page, **{"E-mail": email, "Password": NEW_PASSWORD})
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{at.url}/home")

    page = at.open(f"/password-reset#token={token}")
    fill(page, New_password=PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_have_text("This link has expired or was used already. Ask for a new one.")
    expect(page.get_by_label("New password", exact=True)).to_have_count(0)
    fill(page, **{"E-mail": email})
    page.get_by_role("button", name="Mail a link").click()
    second = mailed_token(embedded_stack, email, "/password-reset", but=token)
    age(embedded_stack, email)
    page = at.open(f"/password-reset#token={second}")
    fill(page, New_password=PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_contain_text("This link has expired or was used already.")


def test_another_address_is_confirmed_by_its_link(desk: Any, embedded_stack: Stack) -> None:
    practice = Practice(embedded_stack.url)
    confirmation = mailed_token(embedded_stack, practice.email("owner"), "/confirm")
    practice.owner.post("/organizations/confirm", {"token": confirmation}, 200)
    new = practice.email("moved")
    practice.owner.post("/me/email", {"new_email": new, "password": PASSWORD}, 202)
    at = desk()
    page = at.open(f"/email-change#token={mailed_token(embedded_stack, new, '/email-change')}")
    page.get_by_role("button", name="Use this address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your address is changed")
    page = at.open("/email-change")
    expect(page.get_by_text("Open this page with the link in your mail.")).to_be_visible()
