"""Where somebody goes after signing in, what a form's JSON is, and which time zones a form offers."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.web.forms import Form, Json, body_of
from gateway.web.landing import landing_of
from gateway.web.signing_in.views import SignInStep, local_path
from gateway.web.time_zones import TIME_ZONES, zones_with
from shared.clock import is_zone_of_a_place
from shared.permissions import DEFAULT


@pytest.mark.parametrize("landing", ["home", "payroll"])
def test_somebody_lands_on_a_page_that_there_is(landing: str) -> None:
    assert landing_of({"preferences": {"landing": landing}, "permissions": sorted(DEFAULT)}) == "/home"


def test_nobody_lands_on_a_page_that_they_may_not_open() -> None:
    assert landing_of({"preferences": {"landing": "help"}, "permissions": ["self:read"]}) == "/help"
    assert landing_of({"preferences": {"landing": "help"}, "permissions": []}) == "/home"


@pytest.mark.parametrize("text", ["//evil.test", "https://evil.test", "/\\evil.test", "/help?a=b", "/sign-in", "/", ""])
def test_signing_in_leads_nowhere_but_to_a_page_of_ours(text: str) -> None:
    assert local_path(text) is None


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
    assert SignInStep.of(problem("bad_second_factor"), {"totp_code": ("1",)}).asks_app
    assert not SignInStep.of(problem("bad_second_factor"), {"recovery_code": ("1",)}).asks_app
    several = SignInStep.of(problem("choose_organization", "organization_id"))
    assert several.organizations == [("an-id", "One")] and not several.asks_code
    assert not SignInStep.of(problem("bad_credentials")).asks_more
