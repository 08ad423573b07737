"""Pages are served under the name in `PUBLIC_URL` alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.web.own_name import OwnName
from shared.services import SERVICES
from shared.settings import Environment
from shared.testing.web import Keys

LOCAL = ("localhost", "localhost:5000", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:1")
STRANGE = (
    "",
    "evil.test",
    "evil.test:8080",
    "localhost.evil.test",
    "localhost:x",
    "a@localhost:b",
    "[::1",
    "localhost,",
)


@pytest.mark.parametrize(
    ("public_url", "ours", "others"),
    [
        ("http://localhost:8080", LOCAL, ("practice.example",)),
        ("http://127.0.0.1:5000/", LOCAL, ("practice.example",)),
        ("https://practice.example", ("practice.example", "Practice.Example:443"), ("practice.example:8443", *LOCAL)),
        ("http://practice.example:8080", ("practice.example:8080",), ("practice.example", "practice.example:443")),
    ],
)
def test_a_name_is_ours_or_it_is_not(public_url: str, ours: tuple[str, ...], others: tuple[str, ...]) -> None:
    own = OwnName.of(public_url)
    assert [host for host in ours if not own.is_in(host)] == []
    assert [host for host in (*others, *STRANGE) if own.is_in(host)] == []


@pytest.mark.parametrize("public_url", ["practice.example", "ftp://practice.example", "https://", ""])
def test_what_is_no_address_is_refused_at_the_start(public_url: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        OwnName.of(public_url)


def served(keys: Keys, public_url: str) -> FlaskClient:
    urls = {f"{name.upper()}_URL": "http://127.0.0.1:1" for name in SERVICES}
    key = str(keys.private_file("gateway"))
    return create_app(Environment({**urls, "SIGNING_KEY_FILE": key, "PUBLIC_URL": public_url})).test_client()


@pytest.mark.abuse("A-SES-name-of-a-stranger")
def test_a_page_under_another_name_shows_and_changes_nothing(keys: Keys) -> None:
    browser = served(keys, "https://practice.example")
    for host in ("evil.test", "localhost", "practice.example:8080"):
        same = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        for response in (
            browser.get("/sign-in", headers=same),
            browser.get("/static/app.css", headers=same),
            browser.get("/clients", headers={**same, "Cookie": "__Host-sid=x; sid=x"}),
            browser.post("/sign-in", data={"email": "a@example.org", "password": "x"}, headers=same),
        ):
            assert response.status_code == 403 and "Set-Cookie" not in response.headers
            assert b"This is not the address of Caseload" in response.data
            assert b'href="https://practice.example/home">Go to practice.example<' in response.data
    assert browser.get("/sign-in", headers={"Host": "practice.example"}).status_code == 200


@pytest.mark.abuse("A-SES-plain-http")
def test_under_our_name_a_session_begins_over_https_alone(keys: Keys) -> None:
    browser = served(keys, "http://practice.example")
    sent: dict[str, Any] = {"headers": {"Host": "practice.example", "Sec-Fetch-Site": "same-origin"}}
    for path in ("/sign-in", "/sign-up", "/join"):
        plain = browser.post(path, data={"email": "a@example.org", "password": "x"}, **sent)
        assert plain.status_code == 403 and "Set-Cookie" not in plain.headers
        assert b"<h1>Signing in needs HTTPS</h1>" in plain.data
