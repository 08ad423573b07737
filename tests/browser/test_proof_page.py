"""A form that is refused until its person has proved who they are: it is kept, and done from the page that asks."""

from __future__ import annotations

import secrets
from typing import Any

import psycopg
from playwright.sync_api import expect

from embedded.stack import Stack
from tests.browser.test_staff import inside
from tests.practice import PASSWORD, Practice


def prove_long_ago(stack: Stack, staff_id: str) -> None:
    """Make the sessions of a member of staff older than what asks for a fresh proof takes."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + "/identity"
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE staff_id = %s", [staff_id]
        )


def test_what_was_typed_is_kept_while_the_password_is_entered(
    desk: Any, embedded_stack: Stack, web_practice: Practice
) -> None:
    email = f"{secrets.token_hex(4)}@example.test"
    at = desk().sign_in(web_practice.email("owner"))
    prove_long_ago(embedded_stack, web_practice.staff_ids["owner"])
    page = at.open("/settings/staff/new")
    page.wait_for_timeout(3_500)  # the gateway remembers for three seconds who somebody is
    inside(page).get_by_label("Given name").fill("Paula")
    inside(page).get_by_label("Family name").fill("Reyes")
    inside(page).get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_role("heading", name="Enter your password to go on")).to_be_visible()
    expect(page.locator(".crumbs")).to_have_text("Enter your password")
    expect(inside(page).get_by_role("textbox", name="Password")).to_be_focused()
    expect(inside(page).get_by_role("button", name="Use a passkey instead")).to_have_count(0)  # they have none
    inside(page).get_by_role("textbox", name="Password").fill("not this one")
    page.get_by_role("button", name="Go on").click()
    expect(inside(page).get_by_text("The password is wrong.")).to_be_visible()
    expect(inside(page).get_by_role("link", name="Cancel")).to_have_attribute("href", "/settings/staff/new")
    inside(page).get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Paula Reyes is invited")).to_be_visible()
    expect(page.locator(".crumbs")).not_to_contain_text("Enter your password")
    # The next page goes on with the next cookie and its token.
    page.get_by_role("link", name="Open their page").click()
    page.get_by_role("button", name="Invite again").click()
    expect(page.get_by_role("heading", name="Paula Reyes is invited")).to_be_visible()
