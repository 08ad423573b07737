"""The device cookie on its way through the gateway: whom it is told to, and what it is good for at a busy address."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from flask import Flask

from gateway.config import Settings
from gateway.edge.bodies import Body
from gateway.edge.door import Call, Door, Visitor
from gateway.edge.limits import OverLimit
from gateway.edge.upstream import Upstream, UpstreamResponse
from gateway.route_table.api import ROUTE_TABLE
from gateway.web import session as browser_session
from services.identity.known_devices import rules
from shared.keys.actor_token import HEADER
from shared.services import SERVICES
from shared.settings import Environment
from shared.testing.web import Keys

DEVICE = rules.cookie_of(rules.new_token(), [rules.new_token()])
ROWS = {row.name: row for row in ROUTE_TABLE}
SIGN_IN = "POST /sessions"
WRONG = orjson.dumps({"code": "bad_credentials"})


class Payloads(list[dict[str, Any]]):
    """What each request's actor token says."""

    def send(self, *arguments: Any, **_: Any) -> UpstreamResponse:
        headers = next(argument for argument in arguments if isinstance(argument, dict))
        payload = headers[HEADER].split(".")[1]
        self.append(orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        return UpstreamResponse(401, {"Content-Type": "application/problem+json"}, WRONG)


@pytest.fixture
def payloads(monkeypatch: pytest.MonkeyPatch) -> Payloads:
    payloads = Payloads()
    monkeypatch.setattr(Upstream, "send", payloads.send)
    return payloads


@pytest.fixture
def door(keys: Keys, payloads: Payloads) -> Iterator[Door]:
    """A door at which each sign-in fails, and the third one of an address is the last."""
    urls = {f"{name.upper()}_URL": "http://127.0.0.1:1" for name in SERVICES}
    key = str(keys.private_file("gateway"))
    yield Door(Settings.load(Environment({**urls, "SIGNING_KEY_FILE": key, "RATE_FAILED_SIGN_INS_PER_ADDRESS": "3"})))


def ask(door: Door, row: str = SIGN_IN, device: str | None = None) -> None:
    call = Call("POST", ROWS[row].path, Body(io.BytesIO(b"{}"), 2), headers={"Content-Type": "application/json"})
    door.pass_through(ROWS[row], call, Visitor("192.0.2.1", device=device)).done()


@pytest.mark.abuse("A-AUTH-lockout-device")
def test_a_known_browser_is_passed_on_where_strangers_are_not(door: Door, payloads: Payloads) -> None:
    for _ in range(3):
        ask(door)
    with pytest.raises(OverLimit):
        ask(door)
    assert [claims.get("kdo") for claims in payloads] == [None] * 3
    ask(door, device=DEVICE)
    ask(door, "POST /sessions/passkey", device=DEVICE)
    assert [(claims["dev"], claims.get("kdo")) for claims in payloads[3:]] == [(DEVICE, True), (DEVICE, None)], (
        "counted by row"
    )


def test_identity_alone_is_told(door: Door) -> None:
    for service, expected in {name: DEVICE if name == "identity" else None for name in SERVICES}.items():
        token = door._sessions.token_for(service, None, ("POST", "/x", b""), "192.0.2.1", DEVICE)
        payload = token.split(".")[1]
        assert orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("dev") == expected


@pytest.mark.abuse("A-AUTH-stolen-device")
@pytest.mark.parametrize("sent", ["", "x", "A" * 21, "A" * 23, ".".join(["A" * 22] * (rules.TOKENS_MAX + 1)), "é" * 22])
def test_only_what_identity_could_have_made_passes(sent: str) -> None:
    application = Flask("test")
    with application.test_request_context("/", base_url="http://localhost", headers={"Cookie": f"device={sent}"}) as at:
        assert browser_session.device_of(at.request, 0) is None


@pytest.mark.parametrize(("base", "name"), [("https://practice.test", "__Host-device"), ("http://localhost", "device")])
def test_it_is_read_under_the_name_that_holds_there(base: str, name: str) -> None:
    application = Flask("test")
    both = {"Cookie": f"{name}={DEVICE}"}
    with application.test_request_context("/", base_url=base, headers=both) as at:
        assert browser_session.device_of(at.request, 0) == DEVICE
    other: Callable[[str], str] = {"device": "__Host-device", "__Host-device": "device"}.__getitem__
    with application.test_request_context("/", base_url=base, headers={"Cookie": f"{other(name)}={DEVICE}"}) as at:
        assert browser_session.device_of(at.request, 0) is None
    with application.test_request_context("/", base_url="http://practice.test", headers=both) as at:
        assert browser_session.device_of(at.request, 0) is None, "no session may be held there"
