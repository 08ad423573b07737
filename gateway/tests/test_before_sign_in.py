"""Requests before sign-in: limits of failed sign-ins, sign-ups and concurrency, and no harm to those signed in."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.api import proxy as proxy_module
from gateway.app import create_app
from gateway.edge import door as door_module
from gateway.edge.door import FAILED_SIGN_IN_CODES
from gateway.route_table.api import ROUTE_TABLE
from shared.ids import new_id
from shared.permissions import PUBLIC
from shared.settings import Environment
from shared.testing.waiting import wait_until
from shared.testing.web import Keys

RATE_HEADERS = ("RateLimit-Policy", "RateLimit", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
SIGNED_IN = {
    **{name: str(new_id()) for name in ("organization_id", "staff_id", "session_id")},
    "levels": ["default"],
    "grants": [],
}


class Service(ThreadingHTTPServer):
    """All four services at one address: identity knows one person, `respond` says what comes to everything else."""

    daemon_threads = True
    respond: Callable[[str], tuple[int, dict[str, Any]]] = staticmethod(lambda _path: (200, {}))
    under_way = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.resolved: list[dict[str, Any]] = []  # what identity was asked about tokens

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/internal/sessions/resolve":
            self.server.resolved.append(orjson.loads(body))
            status, value = 200, SIGNED_IN
        else:
            self.server.under_way += 1
            status, value = self.server.respond(self.path.removeprefix("/api/v1"))
        content = orjson.dumps(value)
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the base class looks for this name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield running
        running.shutdown()


@pytest.fixture
def door(service: Service, keys: Keys) -> Callable[..., Flask]:
    """Makes a gateway with these settings, behind one proxy, so that addresses can be chosen."""

    def made(**settings: str) -> Flask:
        urls = {f"{name}_URL": service.url for name in ("IDENTITY", "CLIENTS", "CLINICAL", "BILLING")}
        fixed = {"SIGNING_KEY_FILE": str(keys.private_file("gateway")), "TRUSTED_PROXIES": "1", "LOG_LEVEL": "CRITICAL"}
        return create_app(Environment({**urls, **fixed, **settings}))

    return made


def post(app: Flask, path: str, address: str = "192.0.2.1") -> TestResponse:
    return app.test_client().post(f"/api/v1{path}", json={}, headers={"X-Forwarded-For": address})


def refusing(status: int, code: str) -> Callable[[str], tuple[int, dict[str, Any]]]:
    return lambda _path: (status, {"code": code})


@contextmanager
def hanging(app: Flask, service: Service, path: str, addresses: list[str]) -> Iterator[None]:
    """A request from each of these addresses is under way at the service while the block runs."""
    released, usual, before = threading.Event(), service.respond, service.under_way

    def hangs(requested: str) -> tuple[int, dict[str, Any]]:
        if requested == path:
            released.wait(10)
        return usual(requested)

    service.respond = hangs
    threads = [threading.Thread(target=post, args=(app, path, address)) for address in addresses]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: service.under_way - before == len(addresses), 5, "the requests under way")
        yield
    finally:
        released.set()
        for thread in threads:
            thread.join()


def test_the_table_says_where_failed_sign_ins_count_and_practices_founded() -> None:
    rows = {f"{row.method} {row.path}" for row in ROUTE_TABLE if row.counts_failed_sign_ins}
    assert rows == {"POST /sessions", "POST /sessions/passkey", "POST /tokens"}
    assert [row.path for row in ROUTE_TABLE if row.signs_up] == ["/organizations"]
    assert all(row.permission == PUBLIC for row in ROUTE_TABLE if row.counts_failed_sign_ins or row.signs_up)


@pytest.mark.parametrize("code", sorted(FAILED_SIGN_IN_CODES))
def test_failed_sign_ins_are_limited_per_address_and_only_where_one_signs_in(
    door: Callable[..., Flask], service: Service, code: str
) -> None:
    app = door(RATE_FAILED_SIGN_INS_PER_ADDRESS="3")
    service.respond = refusing(401, code)
    assert [post(app, "/sessions").status_code for _ in range(4)] == [401, 401, 401, 429]
    refused = post(app, "/sessions")
    assert all(refused.headers[name] for name in RATE_HEADERS)
    assert refused.headers["RateLimit-Policy"] == '"failed sign-ins";q=3;w=60'
    assert int(refused.headers["Retry-After"]) >= 1
    service.respond = lambda _path: (200, {})
    assert post(app, "/sessions").status_code == 429
    for path in ("/sessions/refresh", "/passwords/reset-request", "/invitations/accept", "/sessions/passkey-options"):
        assert post(app, path).status_code == 200, path
    assert post(app, "/tokens").status_code == 200, "a person's wrong passwords are no program's"
    assert post(app, "/sessions", "192.0.2.2").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/sessions", 401, "second_factor_required"),
        ("/sessions", 409, "choose_organization"),
        ("/sessions", 422, "invalid"),
        ("/sessions", 429, "too_many_failures"),
        ("/sessions/refresh", 401, "session_unknown"),
        ("/sessions/refresh", 401, "bad_credentials"),
        ("/invitations/accept", 422, "invitation_not_usable"),
    ],
)
def test_what_is_no_wrong_guess_is_not_counted(
    door: Callable[..., Flask], service: Service, path: str, status: int, code: str
) -> None:
    app = door(RATE_FAILED_SIGN_INS_PER_ADDRESS="3")
    service.respond = refusing(status, code)
    assert [post(app, path).status_code for _ in range(6)] == [status] * 6
    service.respond = lambda _path: (200, {})
    assert post(app, "/sessions").status_code == 200


def test_a_program_with_a_wrong_secret_keeps_nobody_from_signing_in(
    door: Callable[..., Flask], service: Service
) -> None:
    app = door(RATE_FAILED_SIGN_INS_PER_ADDRESS="3")
    service.respond = refusing(401, "bad_client_credentials")
    assert [post(app, "/tokens").status_code for _ in range(4)] == [401, 401, 401, 429]
    service.respond = lambda _path: (200, {})
    assert post(app, "/sessions").status_code == 200


def test_an_address_founds_only_so_many_practices(door: Callable[..., Flask], service: Service) -> None:
    service.respond = lambda _path: (201, {})
    app = door(RATE_SIGN_UPS_PER_ADDRESS="2")
    made = [post(app, "/organizations", f"2001:db8::{number}") for number in range(3)]
    assert [organization.status_code for organization in made] == [201, 201, 429]
    assert made[0].headers["RateLimit"].startswith('"sign-ups";r=1;')
    assert made[2].headers["RateLimit-Policy"] == '"sign-ups";q=2;w=60'
    assert all(made[2].headers[name] for name in (*RATE_HEADERS, "Retry-After"))
    assert post(app, "/organizations", "2001:db8:0:1::1").status_code == 201
    assert post(app, "/sessions", "2001:db8::1").status_code == 201
    usual = door()
    assert {post(usual, "/organizations").status_code for _ in range(60)} == {201}


def test_an_address_has_only_so_many_requests_under_way(door: Callable[..., Flask], service: Service) -> None:
    app = door(ANONYMOUS_AT_ONCE_PER_ADDRESS="2")
    with hanging(app, service, "/sessions", ["2001:db8::1", "2001:db8::2"]):
        refused = post(app, "/passwords/reset-request", "2001:db8::3")
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_at_once")
        assert refused.headers["Retry-After"]
        assert post(app, "/passwords/reset-request", "2001:db8:0:1::1").status_code == 200
    assert post(app, "/passwords/reset-request", "2001:db8::3").status_code == 200


@pytest.mark.abuse("A-DOS-sign-ups")
def test_however_many_sign_up_few_passwords_are_judged_at_once_and_others_sign_in(
    door: Callable[..., Flask], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From as many addresses as there are requests, so that no limit of one address decides it."""
    app, at_once, most, counting = door(), 0, 0, threading.Lock()

    def judges(path: str) -> tuple[int, dict[str, Any]]:
        nonlocal at_once, most
        if path != "/organizations":
            return 200, {}
        with counting:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)  # long enough that others would overlap with it
        with counting:
            at_once -= 1
        return 201, {}

    service.respond = judges
    with ThreadPoolExecutor(32) as pool:
        founding = [pool.submit(post, app, "/organizations", f"192.0.2.{number}") for number in range(32)]
        signing_in = [post(app, "/sessions", f"198.51.100.{number}").status_code for number in range(20)]
    assert signing_in == [200] * 20 and most == 2
    assert {organization.result().status_code for organization in founding} == {201}
    monkeypatch.setattr(door_module, "SLOT_WAIT_SECONDS", 0.1)
    app = door(ANONYMOUS_AT_ONCE="2")
    with hanging(app, service, "/sessions", ["192.0.2.1", "192.0.2.2"]):
        refused = post(app, "/sessions", "192.0.2.9")
        assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "busy", "1")
    assert post(app, "/sessions", "192.0.2.9").status_code == 200


def test_unknown_tokens_that_hold_every_slot_at_identity_sign_nobody_out(
    door: Callable[..., Flask], service: Service
) -> None:
    app = door(AT_ONCE_PER_UPSTREAM="2", ANONYMOUS_AT_ONCE="3")
    mine = {"Authorization": "Bearer good", "X-Forwarded-For": "192.0.2.9"}
    with hanging(app, service, "/sessions", ["192.0.2.1", "192.0.2.2"]):
        assert app.test_client().get("/api/v1/clients", headers=mine).status_code == 200
        refused = post(app, "/sessions", "192.0.2.9")
        assert (refused.status_code, refused.json["code"]) == (503, "busy")
        assert refused.headers["Retry-After"] == "1"


class Slow(io.RawIOBase):
    """A body that says when it is first asked for, and comes when it is told to."""

    def __init__(self) -> None:
        self.asked, self.come = threading.Event(), threading.Event()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.asked.set()
        self.come.wait(10)
        return 0


def test_only_so_many_bodies_are_waited_for_and_what_has_arrived_goes_on(
    door: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body that is still coming is one of its sender's requests at that service, and nobody else's."""
    monkeypatch.setattr(door_module, "SLOT_WAIT_SECONDS", 0.1)
    app = door(AT_ONCE_PER_ACCOUNT="2")
    mine = {"Authorization": "Bearer good", "Content-Type": "application/json"}

    def send(body: Slow) -> TestResponse:
        environ = {"wsgi.input": body, "CONTENT_LENGTH": "100"}
        return app.test_client().post("/api/v1/clients", headers=mine, environ_overrides=environ)

    slow = [Slow(), Slow()]
    threads = [threading.Thread(target=send, args=(body,)) for body in slow]
    try:
        for thread, body in zip(threads, slow, strict=True):
            thread.start()
            assert body.asked.wait(5)
        refused = send(Slow())
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_at_once")
        assert app.test_client().post("/api/v1/appointments", json={}, headers=mine).status_code == 200
    finally:
        for body in slow:
            body.come.set()
        for thread in threads:
            if thread.ident:
                thread.join()


def test_an_answer_that_cannot_be_handed_on_gives_its_place_back(
    door: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "SLOT_WAIT_SECONDS", 0.1)
    app = door(AT_ONCE_PER_ACCOUNT="1")
    mine = {"Authorization": "Bearer good"}
    with monkeypatch.context() as broken:
        broken.setattr(proxy_module, "response_of", lambda _answer: 1 / 0)
        assert [app.test_client().get("/api/v1/clients", headers=mine).status_code for _ in range(3)] == [500] * 3
    assert app.test_client().get("/api/v1/clients", headers=mine).status_code == 200


def test_identity_hears_whether_a_person_asks_or_the_page_by_itself(
    door: Callable[..., Flask], service: Service
) -> None:
    app = door()
    for token, sent, in_use in (("a", {}, True), ("b", {"Caseload-Background": "true"}, False)):
        headers = {"Authorization": f"Bearer {token}", **sent}
        assert app.test_client().get("/api/v1/me", headers=headers).status_code == 200
        assert service.resolved[-1].get("in_use", True) is in_use


def test_a_service_that_says_come_back_without_saying_when_is_helped_out(
    door: Callable[..., Flask], service: Service
) -> None:
    service.respond = refusing(503, "unavailable")
    app = door()
    assert post(app, "/sessions").headers["Retry-After"] == "1"
    service.server_close()
    service.shutdown()
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.headers["Retry-After"]) == (503, "1")
