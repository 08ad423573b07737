"""A page of ours within another site's page: no passkey is made there, and none proves anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.identity.passkeys.rules import was_asked_by_our_own_page
from services.identity.tests.people import PASSWORD
from shared.testing.authenticator import Authenticator

FRAMED = (
    {"crossOrigin": True},
    {"crossOrigin": True, "topOrigin": "https://evil.test"},
    {"crossOrigin": False, "topOrigin": "https://evil.test"},
    {"topOrigin": "http://localhost:8080"},
    {"topOrigin": None},
    {"crossOrigin": "false"},
    {"crossOrigin": 0},
    {"crossOrigin": None},
)
OWN = ({"crossOrigin": False}, {})


def asked(web):
    """What the browser is asked to prove with a passkey."""
    return replace(web, actor=None).post("/sessions/passkey-options").json["public_key"]


def sign_in(web, device):
    return replace(web, actor=None).post("/sessions/passkey", {"credential": device.answer(asked(web))})


def prove_once_more(web, device):
    return web.post("/sessions/current/authenticate", {"credential": device.answer(asked(web))})


def proof(web, device):
    return {"password": PASSWORD, "credential": device.answer(asked(web))}


def begin_another(web, device):
    return web.post("/me/passkeys/options", proof(web, device))


def begin_an_app(web, device):
    return web.post("/me/totp", proof(web, device))


CEREMONIES = {
    "sign in": (sign_in, 401, "bad_passkey"),
    "prove once more": (prove_once_more, 401, "bad_passkey"),
    "add a passkey": (begin_another, 422, "wrong_code"),
    "add an app": (begin_an_app, 422, "wrong_code"),
}


@pytest.fixture
def device(practice):
    """The owner's device, with their passkey."""
    made = Authenticator()
    options = practice.owner.web.post("/me/passkeys/options", {"password": PASSWORD}).json["public_key"]
    added = practice.owner.web.post("/me/passkeys", {"name": "My phone", "credential": made.make(options)})
    assert added.status_code == 201, added.text
    return made


@pytest.fixture
def web(practice, device):
    """The owner, signed in with their passkey."""
    return practice.session_of(sign_in(practice.owner.web, device).json["access_token"])


@pytest.mark.abuse("A-AUTH-passkey-framed")
def test_no_passkey_is_made_within_another_page(practice):
    web = practice.owner.web
    for frame in FRAMED:
        options = web.post("/me/passkeys/options", {"password": PASSWORD}).json["public_key"]
        refused = web.post("/me/passkeys", {"name": "x", "credential": Authenticator(frame=frame).make(options)})
        assert (refused.status_code, refused.json["code"]) == (422, "passkey_not_made"), frame
    assert web.get("/me/second-factors").json["passkeys"] == []


@pytest.mark.abuse("A-AUTH-passkey-framed")
@pytest.mark.parametrize("name", CEREMONIES)
def test_no_passkey_proves_anything_within_another_page(web, device, name):
    ceremony, status, code = CEREMONIES[name]
    for device.frame in FRAMED[:4]:
        refused = ceremony(web, device)
        assert (refused.status_code, refused.json["code"]) == (status, code), device.frame


@pytest.mark.parametrize("frame", OWN, ids=str)
def test_the_same_is_accepted_in_a_page_of_its_own(web, device, frame):
    device.frame = frame
    for name, (ceremony, _status, _code) in CEREMONIES.items():
        accepted = ceremony(web, device)
        assert accepted.status_code in (200, 201), (name, accepted.text)


def test_what_a_browser_says_of_the_page() -> None:
    assert [was_asked_by_our_own_page(frame) for frame in OWN] == [True, True]
    assert [was_asked_by_our_own_page(frame) for frame in FRAMED] == [False] * len(FRAMED)
