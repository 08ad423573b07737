"""The activity log, as an administrator reads it."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import session_cookie
from tests.practice import Practice


def test_the_log_names_people_and_clients_and_can_be_narrowed_and_exported(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client, _ = practice.new_client()
    practice.people["biller"].call("GET", f"/clients/{client}/cases")  # refused by level
    wait_until(lambda: practice.owner.get("/audit/entries", kind="refusals")["items"], 20, "the trail has the refusal")
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/activity")
    entries = page.get_by_role("region", name="Entries")
    expect(entries.get_by_text("Add a client").first).to_be_visible()
    expect(entries.get_by_text("Read a client")).to_have_count(0)  # changes come first
    page.get_by_label("What", exact=True).select_option("refusals")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(entries.get_by_text("Refused").first).to_be_visible()
    expect(entries.get_by_text("Add a client")).to_have_count(0)
    page.locator("#f-from").fill("2001-01-01")
    page.locator("#f-to").fill("2001-01-02")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename == "audit-trail.csv"
    assert b"post_client" in download.value.path().read_bytes()


def test_who_may_not_read_the_trail_has_no_such_page(desk: Any, web_practice: Practice) -> None:
    assert web_practice.staff_ids["desk"]
    at = desk().sign_in(web_practice.email("desk"))
    page = at.open("/home")
    expect(page.get_by_role("link", name="Activity")).to_have_count(0)
    response = page.goto(f"{at.url}/activity")
    assert response is not None and response.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
    sid = session_cookie(page)
    export = requests.get(f"{at.url}/activity/export", cookies={"sid": sid}, allow_redirects=False, timeout=5)
    assert export.status_code == 403
