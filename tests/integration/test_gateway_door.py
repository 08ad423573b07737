"""What the gateway's door says to strangers: other origins, odd methods, and what its headers promise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
import requests
from flask import Flask

from embedded.api_client import ApiClient
from embedded.stack import Stack
from gateway.app import SECURITY_HEADERS, create_app
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX
from shared.database.engine import STATEMENT_TIMEOUT_MS
from shared.ids import new_id
from shared.services import SERVICES
from shared.settings import Environment
from shared.spreadsheets.spreadsheet import WAIT_SECONDS
from tests.practice import Practice

ADDRESSES = sorted({row.path for row in ROUTE_TABLE})
OPEN_TO_ALL = [
    "/",
    "/sign-in",
    "/healthz",
    "/readyz",
    "/.well-known/jwks.json",
    f"{PREFIX}/docs",
    f"{PREFIX}/openapi.json",
]


def is_closed_and_named(headers: Mapping[str, str]) -> bool:
    """Whether an answer has what each must have: nothing cached, framed, sniffed or lent to another origin."""
    return (
        all(headers.get(name) for name in SECURITY_HEADERS)
        and bool(headers.get("X-Request-Id"))
        and bool(headers.get("Cache-Control"))
        and "/" not in headers.get("Server", "")
        and not [name for name, _ in headers.items() if name.lower().startswith("access-control-")]
        and "Set-Cookie" not in headers
    )


@pytest.fixture
def door(embedded_stack: Stack) -> Callable[..., Flask]:
    """Makes another gateway to the same services with settings of its own; billing is away."""

    def made(**settings: str) -> Flask:
        urls = {f"{name.upper()}_URL": f"http://127.0.0.1:{embedded_stack.ports[name]}" for name in SERVICES}
        fixed = {"SIGNING_KEY_FILE": str(embedded_stack.home.private_key("gateway")), "LOG_LEVEL": "CRITICAL"}
        return create_app(Environment({**urls, **fixed, "BILLING_URL": "http://127.0.0.1:1", **settings}))

    return made


@pytest.mark.abuse("A-SES-cross-origin")
@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1:1"])
def test_no_other_origin_is_let_in(embedded_practice: Practice, origin: str) -> None:
    url = f"{embedded_practice.url}/api/v1/clients"
    preflight_headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = requests.options(url, headers=preflight_headers, timeout=10)
    assert preflight.status_code == 405
    response = embedded_practice.owner.call("GET", "/clients", headers={"Origin": origin})
    for received in (preflight, response):
        assert not [name for name in received.headers if name.lower().startswith("access-control-")]


@pytest.mark.abuse("A-CFG-headers")
@pytest.mark.parametrize("path", ["/healthz", "/api/v1/docs", "/api/v1/me", "/nowhere", "/.well-known/jwks.json"])
def test_every_answer_carries_the_security_headers(embedded_practice: Practice, path: str) -> None:
    response = requests.get(embedded_practice.url + path, timeout=10)
    for name in SECURITY_HEADERS:
        assert response.headers.get(name), (path, name)
    assert "Server" not in response.headers or "/" not in response.headers["Server"]
    assert response.headers["X-Request-Id"]


def test_the_rate_limit_headers_count_down_per_account(embedded_practice: Practice) -> None:
    session, other = embedded_practice.sign_in("desk"), embedded_practice.sign_in("desk")
    first = session.call("GET", "/me").headers
    second = other.call("GET", "/me").headers  # the same account in another session
    assert int(second["RateLimit-Remaining"]) < int(first["RateLimit-Limit"])
    assert second["RateLimit-Policy"] == f'"account";q={first["RateLimit-Limit"]};w=60'
    assert second["RateLimit"].startswith('"account";r=')
    stranger = ApiClient(embedded_practice.url).call("GET", "/me")
    assert stranger.status_code == 401


@pytest.mark.abuse("A-CFG-stray-files")
def test_the_public_keys_are_public_and_nothing_else_is(embedded_practice: Practice) -> None:
    response = requests.get(f"{embedded_practice.url}/.well-known/jwks.json", timeout=10)
    keys = response.json()["keys"]
    assert response.headers["Content-Type"] == "application/jwk-set+json"
    assert keys and all(key["kty"] == "EC" and key["crv"] == "P-256" and "d" not in key for key in keys)
    for path in ("/.well-known/../healthz", "/.well-known", "/.git/config", "/.env"):
        session = requests.Session()
        prepared = requests.Request("GET", embedded_practice.url + path).prepare()
        prepared.url = embedded_practice.url + path
        assert session.send(prepared, timeout=10).status_code == 404


def test_refusals_of_every_kind_carry_the_security_headers(embedded_practice: Practice) -> None:
    nobody, owner, desk = ApiClient(embedded_practice.url), embedded_practice.owner, embedded_practice.people["desk"]
    wrong = {"email": embedded_practice.email("desk"), "password": "not the password of anybody"}
    answers = {
        400: nobody.call("POST", "/sessions", data="{", headers={"Content-Type": "application/json"}),
        401: nobody.call("GET", "/clients"),
        403: desk.call("PATCH", "/organization", json={}),
        404: owner.call("GET", f"/clients/{new_id()}"),
        405: owner.call("DELETE", "/clients"),
        413: nobody.call("POST", "/tokens", data=b"x" * 300_000, headers={"Content-Type": "application/json"}),
        414: nobody.call("GET", f"/clients?cursor={'x' * 3_000}"),
        415: owner.call("POST", "/clients", data="{}", headers={"Content-Encoding": "gzip"}),
        422: nobody.call("POST", "/sessions", json={"email": 1}),
        429: [nobody.call("POST", "/sessions", json=wrong) for _ in range(6)][-1],
    }
    for status, response in answers.items():
        assert response.status_code == status, (status, response.text)
        assert is_closed_and_named(response.headers), (status, response.headers)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Cache-Control"] == "no-store"
        assert ("Retry-After" in response.headers) == (status == 429)
        assert ("Allow" in response.headers) == (status == 405)


def test_a_streamed_answer_carries_the_security_headers(embedded_practice: Practice) -> None:
    response = embedded_practice.owner.call("GET", "/audit/export", stream=True)
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/csv")
    assert int(response.headers["Content-Length"]) == len(response.content), "a short one comes whole"
    assert is_closed_and_named(response.headers) and response.headers["Cache-Control"] == "no-store"
    assert response.headers["RateLimit"] and b"seq" in response.content


def test_what_the_gateway_itself_limits_says_when_to_come_back(
    embedded_practice: Practice, door: Callable[..., Flask]
) -> None:
    mine = {"Authorization": f"Bearer {embedded_practice.owner.token}"}
    for setting, policy, path in (
        ("RATE_PER_ADDRESS", "address", "/clients"),
        ("RATE_PER_ACCOUNT", "account", "/clients"),
        ("RATE_SIGN_UPS_PER_ADDRESS", "sign-ups", "/organizations"),
        ("RATE_FAILED_SIGN_INS_PER_ADDRESS", "failed sign-ins", "/tokens"),
    ):
        somebody = door(**{setting: "1"}).test_client()
        body = {"client_id": str(new_id()), "client_secret": "x" * 43} if path == "/tokens" else {}
        call = somebody.get if path == "/clients" else somebody.post
        more = {} if path == "/clients" else {"json": body}
        first, second = (call(f"{PREFIX}{path}", headers=mine, **more) for _ in range(2))
        assert first.status_code != 429 and second.status_code == 429, (setting, first.json, second.json)
        assert second.headers["RateLimit-Policy"] == f'"{policy}";q=1;w=60'
        assert second.headers["RateLimit"].startswith(f'"{policy}";r=0;t=')
        assert int(second.headers["Retry-After"]) >= 1
        assert is_closed_and_named(second.headers), setting


def test_what_is_away_says_when_to_come_back(embedded_practice: Practice, door: Callable[..., Flask]) -> None:
    somebody = door().test_client()
    mine = {"Authorization": f"Bearer {embedded_practice.owner.token}"}
    for response in (somebody.get(f"{PREFIX}/invoices", headers=mine), somebody.get("/readyz")):
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) >= 1
        assert is_closed_and_named(response.headers)


def test_no_address_takes_head_or_options(embedded_practice: Practice) -> None:
    session = requests.Session()
    for path in [*OPEN_TO_ALL, *(PREFIX + re.sub(r"{\w+}", str(new_id()), path) for path in ADDRESSES)]:
        for method in ("HEAD", "OPTIONS"):
            response = session.request(method, embedded_practice.url + path, timeout=10)
            assert response.status_code == 405, (method, path)
            allowed = set(response.headers["Allow"].split(", "))
            assert allowed and allowed <= {"GET", "POST", "PUT", "PATCH", "DELETE"}, (path, allowed)
            assert is_closed_and_named(response.headers), path
            assert method != "HEAD" or not response.content
    for method in ("HEAD", "OPTIONS"):
        assert session.request(method, f"{embedded_practice.url}/nowhere", timeout=10).status_code == 404


def test_nothing_goes_on_in_a_service_for_somebody_who_was_refused() -> None:
    assert all(row.read_seconds * 1000 >= STATEMENT_TIMEOUT_MS for row in ROUTE_TABLE)
    table = next(row for row in ROUTE_TABLE if row.path == "/staff/import")
    assert table.read_seconds > WAIT_SECONDS, "a workbook may be read for so long before anybody is invited"
    assert max(row.read_seconds for row in ROUTE_TABLE) <= 25
