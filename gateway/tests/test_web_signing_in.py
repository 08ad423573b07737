"""Where somebody goes after signing in, what a form's JSON is, and which time zones a form offers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import DOCUMENTS, WEB
from gateway.route_table.row import PREFIX, Row
from gateway.web.forms import Form, Json, body_of
from gateway.web.landing import landing_of
from gateway.web.local_addresses import is_local, path_of
from gateway.web.signing_in.views import SignInStep, local_path
from gateway.web.time_zones import TIME_ZONES, zones_with
from shared.clock import is_zone_of_a_place
from shared.permissions import DEFAULT, PUBLIC
from tests.browser.visits import NO_PAGE, agenda, billing, clients, documentation


@pytest.mark.parametrize("landing", ["home", "payroll"])
def test_somebody_lands_on_a_page_that_there_is(landing: str) -> None:
    assert landing_of({"preferences": {"landing": landing}, "permissions": sorted(DEFAULT)}) == "/home"


def test_nobody_lands_on_a_page_that_they_may_not_open() -> None:
    assert landing_of({"preferences": {"landing": "help"}, "permissions": ["self:read"]}) == "/help"
    assert landing_of({"preferences": {"landing": "help"}, "permissions": []}) == "/home"


ELSEWHERE = (
    "//evil.test",
    "https://evil.test",
    "/\\evil.test",
    "/help?a=b",
    "/help#a",
    "/help\n",
    "/help/../sign-out",
    "",
)
# What some browser reads as another host, or no browser as an address.
NOT_LOCAL = (
    "//x",
    "/\\x",
    "\\\\x",
    "\\/x",
    "/\t/x",
    "\t//x",
    "/\n/x",
    "/\r\n/x",
    "/\0/x",
    "/\x7f/x",
    "/\u00a0/x",
    "/ /x",
    " /x",
    "/x\\y",
    "https:x",
    "https://x",
    "x",
    "",
)
LOCAL = ("/", "/home", "/%5cx", "/%2f%2fx", "/a//b", "/home?q=%5c&next=//x", "/help#signing")
SHOW_NOTHING = NO_PAGE - agenda.PARTS - clients.PARTS - documentation.PARTS - billing.PARTS


def example(path: str) -> str:
    """An address of this page."""
    return re.sub(r"{\w+}", "019a2090-7c11-7000-8000-5d2f0a9b3e46", path)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_signing_in_leads_nowhere_but_to_a_page_of_ours(text: str) -> None:
    assert local_path(text) is None


@pytest.mark.abuse("A-SES-sign-in-leads-on")
def test_an_address_from_outside_is_ours_to_every_browser() -> None:
    for text in NOT_LOCAL:
        assert not is_local(text) and local_path(text) is None, text
        assert path_of(f"https://practice.example{text}") is None, text
    for text in LOCAL:
        assert is_local(text), text
        assert path_of(f"https://practice.example:8443{text}") == re.split("[?#]", text)[0]
    for text in (*LOCAL, "", "https:x", "https:/x", "https:///x", "javascript:/x", "ftp://x/home", "https://x\\y/z"):
        assert path_of(text) is None, text


@pytest.mark.abuse("A-SES-sign-in-leads-on")
@pytest.mark.parametrize("row", [*WEB, *DOCUMENTS], ids=lambda row: row.name)
def test_signing_in_leads_to_what_shows_a_page_and_to_nothing_that_acts(row: Row) -> None:
    """Each row of the tables: pages of somebody signed in, and no others."""
    shows = row in WEB and row.method == "GET" and row.permission != PUBLIC and row.name not in SHOW_NOTHING
    also_shown = any(other.method == "GET" and other.path == row.path for other in WEB)
    leads = local_path(example(row.path)) == example(row.path)
    assert leads or not shows, "a page that nobody comes back to"
    assert shows or not leads or (also_shown and row.method != "GET"), "it acts, or shows no page"


def test_signing_in_does_not_lead_to_the_way_out_nor_into_the_api() -> None:
    assert [row.name for row in ROUTE_TABLE if local_path(example(f"{PREFIX}{row.path}"))] == []
    for path in ("/sign-out", "/sign-in", "/sign-up", "/session/token", "/activity/export", "/static/app.js", "/"):
        assert local_path(path) is None, path


def test_what_a_script_puts_into_a_form_is_read_or_refused_beside_it() -> None:
    good = Form(values={"credential": ('{"id": "a"}',)})
    assert body_of(good, [Json("credential")])[0] == {"credential": {"id": "a"}}
    body, form = body_of(Form(values={"credential": ("{",)}), [Json("credential")])
    assert body == {} and "credential" in form.errors
    assert body_of(Form(), [Json("credential")])[0] == {}


def test_the_zones_on_offer_are_zones_and_hold_the_one_that_was_chosen() -> None:
    assert all(is_zone_of_a_place(zone) for zone, _ in TIME_ZONES)
    assert zones_with("America/Detroit")[-1] == ("America/Detroit", "America/Detroit")
    assert zones_with("America/Chicago") == zones_with("") == list(TIME_ZONES)


def problem(code: str, *fields: str) -> dict[str, Any]:
    return {"code": code, "errors": [{"field": field, "value": "an-id", "detail": "One"} for field in fields]}


def test_a_sign_in_asks_for_what_the_account_has() -> None:
    app = SignInStep.of(problem("second_factor_required", "totp_code", "recovery_code"))
    assert app.asks_code and app.asks_app
    passkey = SignInStep.of(problem("second_factor_required", "recovery_code"))
    assert passkey.asks_code and not passkey.asks_app and "passkey" in (passkey.sentence or "")
    wrong = SignInStep.of(problem("bad_second_factor"), {"totp_code": ("1",)})
    assert wrong.asks_app and wrong.wrong
    assert not SignInStep.of(problem("bad_second_factor"), {"recovery_code": ("1",)}).asks_app
    several = SignInStep.of(problem("choose_organization", "organization_id"))
    assert several.organizations == [("an-id", "One")] and not several.asks_code
    assert not SignInStep.of(problem("bad_credentials")).asks_more
