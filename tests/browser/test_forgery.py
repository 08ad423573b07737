"""Requests that no page of ours sent, and where a session may begin: what a browser would send, without a browser."""

from __future__ import annotations

from typing import Any, Final

import pytest
import requests

from tests.practice import PASSWORD, Practice

# What a browser says with a form of our own page, and with one of another page or of nobody.
OWN: Final = {"Sec-Fetch-Site": "same-origin"}
FOREIGN: Final[dict[str, dict[str, str]]] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "typed in": {"Sec-Fetch-Site": "none"},
    "another origin": {"Origin": "https://evil.test"},
    "no origin": {"Origin": "null"},
    "nothing said": {},
}


def send(url: str, path: str, form: dict[str, str], headers: dict[str, str], **more: Any) -> requests.Response:
    return requests.post(url + path, data=form, headers=headers, allow_redirects=False, timeout=20, **more)


def sid_of(practice: Practice) -> str:
    body = {"email": practice.email("owner"), "password": PASSWORD, "browser": True}
    return str(requests.post(f"{practice.url}/api/v1/sessions", json=body, timeout=20).json()["access_token"])


def token_on(page: str) -> str:
    return page.partition('<meta name="csrf" content="')[2].partition('"')[0]


@pytest.mark.abuse("A-SES-forged-form")
def test_a_form_that_no_current_page_of_ours_sent_changes_nothing(web_practice: Practice, web_url: str) -> None:
    """By the wrong place, and from the right place without the token of this session."""
    cookies = {"sid": sid_of(web_practice)}
    token = token_on(requests.get(f"{web_url}/home", cookies=cookies, timeout=20).text)
    others = token_on(requests.get(f"{web_url}/home", cookies={"sid": sid_of(web_practice)}, timeout=20).text)
    form = {"hidden": "on"}
    forged = {
        name: send(web_url, "/home/setup", {**form, "csrf": token}, origin, cookies=cookies)
        for name, origin in FOREIGN.items()
    }
    for name, wrong in {"none": "", "made up": "AAAA", "cut": token[:-8], "another session's": others}.items():
        forged[name] = send(web_url, "/home/setup", {**form, "csrf": wrong}, OWN, cookies=cookies)
        forged[f"{name} as a header"] = send(
            web_url, "/home/setup", form, {**OWN, "X-CSRF-Token": wrong}, cookies=cookies
        )
    assert {name: response.status_code for name, response in forged.items() if response.status_code != 403} == {}
    assert all("<h1>This page is not current</h1>" in response.text for response in forged.values())
    assert not web_practice.owner.get("/me")["preferences"]["setup_hidden"]
    # The same form from our page goes through: it was the proof that lacked.
    assert send(web_url, "/home/setup", {"csrf": token}, OWN, cookies=cookies).status_code == 303


@pytest.mark.abuse("A-SES-forged-sign-in")
def test_another_site_signs_nobody_in_or_up(web_practice: Practice, web_url: str) -> None:
    sign_in = {"email": web_practice.email("owner"), "password": PASSWORD}
    sign_up = {
        "name": "Forged",
        "time_zone": "America/New_York",
        "administrator.given_name": "Eve",
        "administrator.family_name": "Forger",
        "administrator.email": web_practice.email("forged"),
        "administrator.password": PASSWORD,
    }
    forms = {"/sign-in": sign_in, "/sign-in/again": sign_in, "/sign-up": sign_up}
    for path, form in forms.items():
        for origin in FOREIGN.values():
            response = send(web_url, path, form, origin)
            assert response.status_code == 403 and "Set-Cookie" not in response.headers, (path, origin)
    known = requests.post(
        f"{web_url}/api/v1/sessions", json={"email": sign_up["administrator.email"], "password": PASSWORD}, timeout=20
    )
    assert known.status_code == 401  # no practice was made
    assert send(web_url, "/sign-in", sign_in, OWN).status_code == 303


@pytest.mark.abuse("A-SES-plain-http")
def test_a_session_begins_over_https_or_on_this_machine_alone(web_practice: Practice, web_url: str) -> None:
    sign_in = {"email": web_practice.email("owner"), "password": PASSWORD}
    secure = send(web_url, "/sign-in", sign_in, {**OWN, "X-Forwarded-Proto": "https"})
    name, _, attributes = secure.headers["Set-Cookie"].partition("=")
    flags = {attribute.strip() for attribute in attributes.split(";")[1:]}
    assert name == "__Host-sid" and {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= flags
    assert not any(attribute.startswith("Domain") for attribute in flags)
    kept = secure.headers["Set-Cookie"].partition("__Host-device=")[2]
    wanted = ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=15552000")
    assert all(f"; {attribute}" in kept for attribute in wanted)
    sid = attributes.partition(";")[0]

    # Another name that leads here is not ours, although the browser calls it one origin.
    there = {"Host": "practice.test", "Origin": "http://practice.test", **OWN}
    for path, form in {"/sign-in": sign_in, "/sign-up": {}, "/join": {}}.items():
        plain = send(web_url, path, form, there)
        assert plain.status_code == 403 and "Set-Cookie" not in plain.headers
        assert "<h1>This is not the address of Caseload</h1>" in plain.text
    for cookies in ({"sid": sid}, {"__Host-sid": sid}):
        page = requests.get(f"{web_url}/home", cookies=cookies, headers=there, allow_redirects=False, timeout=20)
        assert page.status_code == 403
    # And the cookie of a session that began over HTTPS counts for nothing without it.
    page = requests.get(f"{web_url}/home", cookies={"__Host-sid": sid}, allow_redirects=False, timeout=20)
    assert page.status_code == 303 and page.headers["Location"] == "/sign-in"
