"""A session that ends while somebody writes, one that nobody is at, and a form that is sent twice."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import Route, expect

from tests.browser.conftest import session_cookie
from tests.browser.test_account import add_passkey, give_device
from tests.practice import PASSWORD, Practice


def end_session(url: str, sid: str) -> None:
    """Sign out elsewhere, as `End` in one's account does."""
    ended = requests.post(
        f"{url}/sign-out", cookies={"sid": sid}, data={"csrf": token(url, sid)}, headers=OURS, timeout=5
    )
    assert ended.status_code == 200


OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def token(url: str, sid: str) -> str:
    """What a form of that session carries."""
    page = requests.get(f"{url}/home", cookies={"sid": sid}, timeout=5).text
    return page.partition('name="csrf" content="')[2].partition('"')[0]


def test_who_is_signed_out_while_writing_signs_in_on_the_same_page_and_nothing_typed_is_lost(
    desk: Any, web_practice: Practice
) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/services/new")
    page.get_by_label("Name").fill("Couples therapy")
    page.locator("#f-code").fill("90847")
    end_session(at.url, session_cookie(page))

    page.locator("#main [data-primary]").click()
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_be_visible()
    assert at.findings() == []
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Couples therapy")
    expect(page.locator("#main [aria-invalid=true]").first).to_be_visible()  # sent again: the rest is missing


def test_a_passkey_brings_somebody_back_where_their_session_ended(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    give_device(at.page)
    add_passkey(at.open("/account/second-factor"))
    page = at.open("/settings/services/new")
    page.get_by_label("Name").fill("Couples therapy")
    end_session(at.url, session_cookie(page))

    page.locator("#main [data-primary]").click()
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_be_visible()
    assert at.findings() == []
    dialog.get_by_role("button", name="Use a passkey instead").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Couples therapy")
    expect(page.locator("#main [aria-invalid=true]").first).to_be_visible()  # sent again: the rest is missing
    page.locator("#f-code").fill("90847")
    with page.expect_response(lambda response: response.request.method == "POST") as sent:
        page.locator("#main [data-primary]").click()
    assert sent.value.status == 422, "the page goes on in the new session"


def test_a_passkey_that_is_refused_says_so_and_the_password_counts_again(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/settings/services/new")
    end_session(at.url, session_cookie(page))
    page.locator("#main [data-primary]").click()
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.evaluate(
        """() => {
          const form = document.getElementById("sign-in-again-form");
          form.elements.credential.value = '{"id": "AAAA", "type": "public-key"}';
          form.requestSubmit();
        }"""
    )
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).not_to_be_visible()


def test_another_person_who_signs_in_there_starts_afresh(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    assert practice.staff_ids["manager"]
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/services/new")
    page.get_by_label("Name").fill("Couples therapy")
    end_session(at.url, session_cookie(page))
    page.locator("#main [data-primary]").click()
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    dialog.get_by_label("E-mail").fill(practice.email("manager"))
    dialog.get_by_label("Password").fill(PASSWORD)
    page.on("dialog", lambda dialog: dialog.accept())  # leaving what was typed
    dialog.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{at.url}/home")
    expect(page.locator(".whoami")).to_contain_text("Manager")


def test_somebody_who_is_not_there_is_warned_and_then_covered(desk: Any, web_practice: Practice) -> None:
    """The page's own clock runs ahead: two minutes before the end it asks, and then it covers what is shown."""
    at = desk()
    at.page.clock.install()
    at.sign_in(web_practice.email("owner"))
    client_id, _ = web_practice.new_client()
    page = at.open(f"/clients/{client_id}")
    name = page.locator("#crumbs b").inner_text()
    assert name in page.locator("body").inner_text()
    minutes = int(page.locator("meta[name=idle-minutes]").get_attribute("content") or 0)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.clock.run_for((minutes - 2) * 60_000 + 5_000)
    warning = page.get_by_role("dialog", name="Are you still there?")
    expect(warning).to_be_visible()
    assert at.findings() == []
    assert addresses == [], "a page alone keeps no session alive"
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).not_to_be_visible()
    assert addresses == [f"{at.url}/session"]
    page.clock.run_for(minutes * 60_000 + 5_000)
    expect(page.get_by_role("dialog", name="Sign in to go on")).to_be_visible()
    expect(page.locator("#main")).not_to_be_visible()
    read = page.locator("body").inner_text()
    assert name not in read and "Sign in to go on" in read, "the bar above the page has the client's name too"
    page.keyboard.press("Control+k")
    page.locator("#again-password").click()  # nothing that is hidden lies on top of the dialog
    expect(page.locator("#again-password")).to_be_focused()


def test_a_form_that_is_sent_twice_makes_one(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    at = desk().sign_in(practice.email("owner"))
    page = at.open("/settings/services/new")
    page.get_by_label("Name").fill("Consultation")
    sent: list[dict[str, str]] = []

    def twice(route: Route) -> None:
        sent.append(dict(route.request.all_headers()))
        first = route.fetch()
        again = route.fetch()
        assert (first.status, first.headers.get("hx-redirect")) == (again.status, again.headers.get("hx-redirect"))
        route.fulfill(response=again)

    page.route(
        "**/settings/services/new", lambda route: twice(route) if route.request.method == "POST" else route.continue_()
    )
    page.locator("#f-code").fill("CONS1")
    page.get_by_label("Own code").check()
    page.locator("#f-rate_cents").fill("80")
    page.locator("#main [data-primary]").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    named = [service["name"] for service in practice.owner.get("/service-types")["items"]]
    assert named.count("Consultation") == 1 and len(sent) == 1


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
