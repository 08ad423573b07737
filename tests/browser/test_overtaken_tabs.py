"""Tabs that another tab overtook: it signed in anew, so the token of their forms is old. Nothing typed is lost."""

from __future__ import annotations

from typing import Any, Final

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.practice import PASSWORD, Practice

NEW_SERVICE: Final = "/settings/services/new"


@pytest.fixture
def practice(web_practice: Practice) -> Practice:
    """A practice of its own."""
    return Practice(web_practice.url)


def overtake(at: Desk, email: str) -> None:
    """Sign in anew, as another tab of the same browser does."""
    at.sign_in(email)


def posts(page: Page, path: str) -> list[int]:
    """The statuses of what is sent there from now on."""
    statuses: list[int] = []

    def note(response: Any) -> None:
        if response.request.method == "POST" and response.url.endswith(path):
            statuses.append(response.status)

    page.on("response", note)
    return statuses


def fill_service(page: Page) -> None:
    page.get_by_label("Name").fill("Consultation")
    page.locator("#f-code").fill("CONS1")
    page.get_by_label("Own code").check()
    page.locator("#f-rate_cents").fill("80")


def test_a_form_is_sent_once_more_with_the_new_token(desk: Any, practice: Practice) -> None:
    at = desk().sign_in(practice.email("owner"))
    page = at.open(NEW_SERVICE)
    fill_service(page)
    overtake(at, practice.email("owner"))
    statuses = posts(page, NEW_SERVICE)
    page.locator("#main [data-primary]").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    assert len(statuses) == 2 and statuses[0] == 403
    named = [service["name"] for service in practice.owner.get("/service-types")["items"]]
    assert named.count("Consultation") == 1


def test_a_form_that_is_refused_for_what_it_says_keeps_it_and_its_token_is_new(desk: Any, practice: Practice) -> None:
    at = desk().sign_in(practice.email("owner"))
    page = at.open(NEW_SERVICE)
    page.get_by_label("Name").fill("Consultation")
    overtake(at, practice.email("owner"))
    statuses = posts(page, NEW_SERVICE)
    page.locator("#main [data-primary]").click()
    expect(page.locator("#main [aria-invalid=true]").first).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Consultation")
    page.locator("#main [data-primary]").click()
    expect(page.locator("#main [aria-invalid=true]").first).to_be_visible()
    assert statuses[:2] == [403, 422] and 403 not in statuses[1:]


def test_a_plain_form_goes_through_too(desk: Any, practice: Practice) -> None:
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/home")
    overtake(at, practice.email("owner"))
    page.get_by_role("button", name="Hide the first steps").click()
    expect(page.get_by_role("button", name="Show the first steps")).to_be_visible()
    assert practice.owner.get("/me")["preferences"]["setup_hidden"]


def test_what_is_written_in_a_note_is_saved_by_itself(desk: Any, practice: Practice) -> None:
    client_id, _ = practice.new_client()
    note = practice.draft_note(practice.book(client_id, "2026-11-02T10:00"), client_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/notes/{note}")
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    overtake(at, practice.email("therapist"))
    statuses = posts(page, f"/notes/{note}/draft")
    page.locator("[name='content.plan']").fill("Breathing, twice a day.")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    page.wait_for_function("() => document.querySelector('[data-save-state]').innerText.startsWith('Saved')")
    assert practice.people["therapist"].get(f"/notes/{note}")["content"]["plan"] == "Breathing, twice a day."
    assert statuses[:2] == [403, 200]


@pytest.mark.parametrize("kind", ["form", "plain form", "note"])
def test_for_somebody_else_nothing_is_sent_and_the_page_says_who_is_signed_in(
    desk: Any, practice: Practice, kind: str
) -> None:
    assert practice.staff_ids["manager"]
    client_id, _ = practice.new_client()
    note = practice.draft_note(practice.book(client_id, "2026-11-02T10:00"), client_id)
    writer = "therapist" if kind == "note" else "owner"
    at = desk().sign_in(practice.email(writer))
    page = at.open({"form": NEW_SERVICE, "plain form": "/home", "note": f"/notes/{note}"}[kind])
    if kind == "form":
        fill_service(page)
    overtake(at, practice.email("manager"))
    statuses = posts(page, "")
    if kind == "form":
        page.locator("#main [data-primary]").click()
    elif kind == "note":
        page.locator("[name='content.plan']").fill("Written by the therapist.")
    else:
        page.get_by_role("button", name="Hide the first steps").click()
    dialog = page.get_by_role("dialog", name="Somebody else is signed in")
    expect(dialog).to_contain_text("Manager Staff signed in with this browser")
    expect(dialog).to_contain_text("Nothing was sent.")
    assert at.findings() == []
    assert set(statuses) <= {403}
    if kind == "form":
        dialog.get_by_role("button", name="Keep this page open").click()
        expect(page.get_by_label("Name")).to_have_value("Consultation")
        assert practice.owner.get("/service-types")["items"][0]["name"] != "Consultation"
    if kind == "note":
        assert practice.people["therapist"].get(f"/notes/{note}")["content"]["plan"] == "p"


def test_the_new_token_is_for_our_own_pages_alone(web_url: str, web_practice: Practice) -> None:
    body = {"email": web_practice.email("owner"), "password": PASSWORD, "browser": True}
    sid = requests.post(f"{web_url}/api/v1/sessions", json=body, timeout=20).json()["access_token"]

    def ask(**headers: str) -> requests.Response:
        return requests.get(
            f"{web_url}/session/token", cookies={"sid": sid}, headers=headers, allow_redirects=False, timeout=20
        )

    own = ask(**{"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 200 and own.headers["Cache-Control"] == "no-store"
    assert own.json().keys() == {"staff_id", "name", "csrf"}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.test"}):
        assert ask(**headers).status_code == 403
    other = requests.get(
        f"{web_url}/session/token", headers={"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}, timeout=20
    )
    assert other.status_code == 401
