"""The session of a browser: one token for its cookie; and proving once more who somebody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest

from services.identity.tests.people import PASSWORD
from services.identity.tests.test_identity_api_clients import made as made_program
from services.identity.tests.test_identity_api_clients import token_of
from services.identity.tests.test_identity_passkeys import made
from shared import clock
from shared.testing.authenticator import Authenticator

WRONG = "wrong lantern quarry 41"


def cookie_of(practice, person=None):
    """The cookie's token of a browser in which somebody has just signed in."""
    return practice.sign_in(person or practice.owner, browser=True).json["access_token"]


def cookie_of_passkey(public, device):
    """The cookie's token of a browser in which somebody has just signed in with a passkey."""
    question = public.post("/sessions/passkey-options").json["public_key"]
    response = public.post("/sessions/passkey", {"credential": device.answer(question), "browser": True})
    assert (response.status_code, response.json["token_type"], response.json["refresh_token"]) == (201, "Cookie", None)
    return response.json["access_token"]


def resolved(practice, token):
    """What the gateway is told about a cookie."""
    return practice.resolve(token, cookie=True)


def browser_of(practice, token):
    """The API as the browser that holds this cookie."""
    return practice.session_of(token, cookie=True)


def prove(web, **given):
    """The answer to proving once more who one is."""
    return web.post("/sessions/current/authenticate", given or {"password": PASSWORD})


def instant(text):
    return datetime.fromisoformat(text)


def test_a_browser_gets_one_token_for_twelve_hours(practice, later):
    response = practice.sign_in(practice.owner, browser=True)
    assert response.status_code == 201
    tokens = dict(response.json)
    token = tokens.pop("access_token")
    assert len(tokens.pop("device")) == 22  # test_identity_known_devices.py
    assert tokens == {"refresh_token": None, "token_type": "Cookie", "expires_in_seconds": 12 * 60 * 60}
    for _ in range(12 * 6 - 1):  # somebody works, beyond the life of a bearer token
        later(minutes=10)
        assert resolved(practice, token).status_code == 200
    later(minutes=10)
    assert resolved(practice, token).status_code == 401


def test_a_browser_that_lies_idle_is_signed_out(practice, later):
    token = cookie_of(practice)
    later(minutes=16)
    assert resolved(practice, token).status_code == 401


@pytest.mark.abuse("A-SES-kinds-of-tokens")
def test_neither_a_cookie_nor_a_bearer_token_passes_for_the_other(practice):
    cookie, tokens = cookie_of(practice), practice.sign_in(practice.owner).json
    assert practice.resolve(cookie).status_code == 401
    assert resolved(practice, tokens["access_token"]).status_code == 401
    assert resolved(practice, tokens["refresh_token"]).status_code == 401
    assert practice.public.post("/sessions/refresh", {"refresh_token": cookie}).status_code == 401
    assert resolved(practice, cookie).json["browser"] is True
    assert practice.resolve(tokens["access_token"]).json["browser"] is False


def test_a_program_has_no_cookie_and_has_proven_nothing(practice):
    token = token_of(practice, made_program(practice))
    assert resolved(practice, token).status_code == 401
    shown = practice.resolve(token).json
    assert (shown["browser"], shown["authenticated_at"]) == (False, None)


def test_a_passkey_starts_the_session_of_a_browser_too(practice, public):
    device = Authenticator()
    assert made(practice.owner.web, device).status_code == 201
    assert resolved(practice, cookie_of_passkey(public, device)).json["browser"] is True


def test_a_session_says_whether_it_is_a_browsers(practice):
    cookie_of(practice)
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    shown = web.get("/me/sessions").json["items"]
    assert [session["browser"] for session in shown] == [False, True]


@pytest.mark.parametrize("wrong", [{"browser": "yes"}, {"browser": None}, {"browser": []}])
def test_only_true_and_false_say_whether_it_is_a_browser(practice, wrong):
    assert practice.sign_in(practice.owner, **wrong).status_code == 422


@pytest.mark.abuse("A-SES-fixation")
def test_proving_it_again_gives_the_browser_another_token(practice, later):
    """What somebody planted or copied before stops working."""
    old = cookie_of(practice)
    before = instant(resolved(practice, old).json["authenticated_at"])
    later(minutes=6)
    response = prove(browser_of(practice, old))
    assert response.status_code == 200
    new = response.json["access_token"]
    assert resolved(practice, old).status_code == 401
    shown = resolved(practice, new).json
    assert shown["authenticated_at"] == response.json["authenticated_at"]
    assert timedelta(minutes=6) <= instant(shown["authenticated_at"]) - before < timedelta(minutes=7)
    assert instant(shown["expires_at"]) < clock.now() + timedelta(hours=12) - timedelta(minutes=5), "no longer session"


def test_a_program_of_a_person_keeps_its_token(practice, later):
    token = practice.sign_in(practice.owner).json["access_token"]
    later(minutes=6)
    response = prove(practice.session_of(token))
    assert (response.status_code, response.json["access_token"]) == (200, None)
    assert practice.resolve(token).json["authenticated_at"] == response.json["authenticated_at"]


def test_renewing_proves_nothing(practice, later):
    tokens = practice.sign_in(practice.owner).json
    before = practice.resolve(tokens["access_token"]).json["authenticated_at"]
    later(minutes=6)
    tokens = practice.public.post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]}).json
    assert practice.resolve(tokens["access_token"]).json["authenticated_at"] == before


def test_a_session_of_the_previous_release_was_proven_when_it_began(practice, database):
    token = practice.sign_in(practice.owner).json["access_token"]
    ((began,),) = database.rows(
        "UPDATE sessions SET authenticated_at = NULL WHERE organization_id = %s RETURNING created_at", practice.id
    )
    assert instant(practice.resolve(token).json["authenticated_at"]) == began


def test_a_passkey_proves_it_once(practice, public):
    device = Authenticator()
    assert made(practice.owner.web, device).status_code == 201
    web = browser_of(practice, cookie_of_passkey(public, device))
    credential = device.answer(public.post("/sessions/passkey-options").json["public_key"])
    assert prove(web, credential=credential).status_code == 200
    again = prove(web, credential=credential)
    assert (again.status_code, again.json["code"]) == (401, "bad_passkey")


def test_a_colleagues_passkey_proves_nothing(practice, new_practice, public):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    colleague = practice.member("organization_administration")
    for other in (colleague, new_practice().owner):
        device = Authenticator()
        assert made(other.web, device).status_code == 201
        credential = device.answer(public.post("/sessions/passkey-options").json["public_key"])
        assert prove(web, credential=credential).json["code"] == "bad_passkey"


@pytest.mark.abuse("A-SES-reauthentication")
def test_a_stolen_session_does_not_find_the_password_out(practice, later, database):
    """A wrong password counts like a failed sign-in, and is written down."""
    token = cookie_of(practice)
    web = browser_of(practice, token)
    refused = [prove(web, password=WRONG) for _ in range(5)]
    assert {(response.status_code, response.json["code"]) for response in refused} == {(401, "bad_credentials")}
    right = prove(web)
    assert (right.status_code, right.json["code"]) == (429, "too_many_failures")
    assert int(right.headers["Retry-After"]) <= 60
    assert practice.sign_in(practice.owner).status_code == 429
    assert resolved(practice, token).status_code == 200, "the session itself goes on"
    denied = "SELECT count(*) FROM audit_entries WHERE organization_id = %s AND action = %s AND outcome = 'denied'"
    assert database.rows(denied, practice.id, "post_authentication") == [(5,)]
    later(minutes=2)
    assert prove(web).status_code == 200


def test_a_session_that_ended_is_not_proven_again(practice):
    web = browser_of(practice, cookie_of(practice))
    assert web.delete("/sessions/current").status_code == 204
    assert (prove(web).status_code, prove(web).json["code"]) == (401, "session_unknown")


def test_only_ones_own_session_is_proven(practice, new_practice):
    """Another practice's session of that id stays as it is."""
    token = cookie_of(practice)
    web = browser_of(practice, token)
    theirs = new_practice().owner.web
    assert prove(replace(theirs, actor=replace(theirs.actor, session_id=web.actor.session_id))).status_code == 401
    assert resolved(practice, token).status_code == 200


def test_somebody_who_is_enrolling_proves_it(practice):
    practice.owner.web.patch("/organization", {"requires_second_factor": True})
    token = practice.sign_in(practice.owner).json["access_token"]
    web = practice.session_of(token)
    assert practice.resolve(token).json["levels"] == ["enrolling"]
    assert prove(web).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": None},
        {"password": ""},
        {"password": "x" * 129},
        {"password": 5},
        {"credential": {}},
        {"password": PASSWORD, "email": "x@y.test"},
    ],
)
def test_what_is_no_proof_is_refused_by_field(practice, wrong):
    assert prove(practice.owner.web, **wrong).status_code == 422
    assert practice.owner.web.post("/sessions/current/authenticate", {}).status_code == 422


def test_a_program_proves_nothing(practice):
    program = practice.owner.web.as_program("clients:read")
    assert prove(program).status_code == 403


def goes_on_with(practice, old, response, status=200):
    """The browser's next token: the one that asked has ended, and the session is the same."""
    assert response.status_code == status, response.json
    new = response.json["access_token"]
    assert new and new != old
    assert resolved(practice, old).status_code == 401, "the old one is refused"
    assert resolved(practice, new).status_code == 200
    return new


@pytest.mark.abuse("A-SES-fixation")
def test_another_password_gives_the_browser_another_token_and_ends_other_sessions(practice):
    old, elsewhere, program = cookie_of(practice), cookie_of(practice), practice.sign_in(practice.owner).json
    change = {"current_password": PASSWORD, "new_password": "nine quiet lanterns drift 7"}
    wrong = browser_of(practice, old).post("/passwords/change", {**change, "current_password": WRONG})
    assert wrong.status_code == 422 and resolved(practice, old).status_code == 200
    goes_on_with(practice, old, browser_of(practice, old).post("/passwords/change", change))
    assert resolved(practice, elsewhere).status_code == 401
    assert practice.resolve(program["access_token"]).status_code == 401


@pytest.mark.abuse("A-SES-fixation")
def test_a_second_factor_that_comes_or_goes_gives_the_browser_another_token(practice):
    first, elsewhere = cookie_of(practice), cookie_of(practice)
    secret = browser_of(practice, first).post("/me/totp", {"password": PASSWORD}).json["secret"]
    code = pyotp.TOTP(secret).at(clock.now())
    confirmed = browser_of(practice, first).post("/me/totp/confirm", {"code": code})
    second = goes_on_with(practice, first, confirmed)
    device = Authenticator()
    codes = iter(confirmed.json["recovery_codes"])

    def shown():
        return {"password": PASSWORD, "recovery_code": next(codes)}

    offered = browser_of(practice, second).post("/me/passkeys/options", shown()).json["public_key"]
    body = {"name": "Laptop", "credential": device.make(offered)}
    added = browser_of(practice, second).post("/me/passkeys", body)
    third = goes_on_with(practice, second, added, 201)
    removed = browser_of(practice, third).post(f"/me/passkeys/{added.json['id']}/remove", shown())
    fourth = goes_on_with(practice, third, removed)
    goes_on_with(practice, fourth, browser_of(practice, fourth).post("/me/totp/remove", shown()))
    assert resolved(practice, elsewhere).status_code == 200, "other sessions stay, and a mail tells of it"


def test_where_there_is_no_cookie_nothing_changes(practice):
    web = practice.session_of(practice.sign_in(practice.owner).json["access_token"])
    change = {"current_password": PASSWORD, "new_password": "nine quiet lanterns drift 7"}
    assert web.post("/passwords/change", change).json == {"access_token": None}
    assert web.get("/me").status_code == 200
