"""What the gateway's door says to strangers: other origins, odd methods, and what its headers promise."""

from __future__ import annotations

import pytest
import requests

from gateway.app import SECURITY_HEADERS
from tests.practice import Client, Practice


@pytest.mark.abuse("A-SES-cross-origin")
@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1:1"])
def test_no_other_origin_is_let_in(embedded_practice: Practice, origin: str) -> None:
    url = f"{embedded_practice.url}/api/v1/clients"
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = requests.options(url, headers=asked, timeout=10)
    assert preflight.status_code == 405
    answer = embedded_practice.owner.call("GET", "/clients", headers={"Origin": origin})
    for one in (preflight, answer):
        assert not [name for name in one.headers if name.lower().startswith("access-control-")]


@pytest.mark.abuse("A-CFG-headers")
@pytest.mark.parametrize("path", ["/healthz", "/api/v1/docs", "/api/v1/me", "/nowhere", "/.well-known/jwks.json"])
def test_every_answer_carries_the_security_headers(embedded_practice: Practice, path: str) -> None:
    answer = requests.get(embedded_practice.url + path, timeout=10)
    for name in SECURITY_HEADERS:
        assert answer.headers.get(name), (path, name)
    assert "Server" not in answer.headers or "/" not in answer.headers["Server"]
    assert answer.headers["X-Request-Id"]


def test_the_rate_limit_headers_count_down_per_account(embedded_practice: Practice) -> None:
    one, two = embedded_practice.sign_in("desk"), embedded_practice.sign_in("desk")
    first = one.call("GET", "/me").headers
    second = two.call("GET", "/me").headers  # the same account in another session
    assert int(second["RateLimit-Remaining"]) < int(first["RateLimit-Limit"])
    assert second["RateLimit-Policy"] == f'"account";q={first["RateLimit-Limit"]};w=60'
    assert second["RateLimit"].startswith('"account";r=')
    stranger = Client(embedded_practice.url).call("GET", "/me")
    assert stranger.status_code == 401


@pytest.mark.abuse("A-CFG-stray-files")
def test_the_public_keys_are_public_and_nothing_else_is(embedded_practice: Practice) -> None:
    answer = requests.get(f"{embedded_practice.url}/.well-known/jwks.json", timeout=10)
    keys = answer.json()["keys"]
    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    assert keys and all(key["kty"] == "EC" and key["crv"] == "P-256" and "d" not in key for key in keys)
    for path in ("/.well-known/../healthz", "/.well-known", "/.git/config", "/.env"):
        session = requests.Session()
        prepared = requests.Request("GET", embedded_practice.url + path).prepare()
        prepared.url = embedded_practice.url + path
        assert session.send(prepared, timeout=10).status_code == 404
