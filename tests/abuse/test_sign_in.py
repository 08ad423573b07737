"""Abuse cases of the way in, through the gateway: guessing from somewhere, sessions that are set rather than made."""

from __future__ import annotations

import gzip
import itertools
import time

import pytest
import requests

from embedded.api_client import ApiClient
from tests.practice import PASSWORD, Practice

WRONG = "quarry lantern heron 14"
FAILURES_A_MINUTE = 30
_hosts = itertools.count(1)


def an_address() -> str:
    """One that nobody came from before."""
    return f"203.0.{next(_hosts)}.7"


def sign_in(practice: Practice, email: str, password: str, address: str) -> requests.Response:
    """A sign-in that the proxy in front says comes from there."""
    body = {"email": email, "password": password}
    return ApiClient(practice.url).call("POST", "/sessions", json=body, headers={"X-Forwarded-For": address})


def tried(practice: Practice, pairs: list[tuple[str, str]], address: str) -> tuple[list[int], int]:
    """The statuses of so many sign-ins, and how many failures the time they took would have allowed."""
    began = time.monotonic()
    found = [sign_in(practice, email, password, address).status_code for email, password in pairs]
    return found, FAILURES_A_MINUTE + int((time.monotonic() - began) * FAILURES_A_MINUTE / 60) + 1


@pytest.mark.abuse("A-AUTH-spray")
def test_one_password_against_everybody_is_cut_off(home: Practice) -> None:
    known = [home.email(name) for name in home.staff_ids]
    pairs = [(email, WRONG) for email in (*known, *(f"nobody{n}@example.test" for n in range(40)))]
    address = an_address()
    found, allowed = tried(home, pairs, address)
    assert set(found) == {401, 429} and found.count(401) <= allowed
    refused = sign_in(home, home.email("owner"), PASSWORD, address)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    assert sign_in(home, home.email("owner"), PASSWORD, an_address()).status_code == 201


@pytest.mark.abuse("A-AUTH-stuffing")
def test_a_list_of_stolen_pairs_ends_before_the_one_that_fits(away: Practice) -> None:
    """Also when each request says that it came by way of somebody else: only what our own proxy saw counts."""
    pairs = [(f"victim{n}@example.test", f"{WRONG} {n}") for n in range(45)] + [(away.email("desk"), PASSWORD)]
    address = an_address()
    found = [
        sign_in(away, email, password, f"198.51.{number}.1, {address}").status_code
        for number, (email, password) in enumerate(pairs)
    ]
    assert set(found) == {401, 429} and found[-1] == 429
    assert sign_in(away, away.email("desk"), PASSWORD, f"{address}, {an_address()}").status_code == 201


@pytest.mark.abuse("A-SES-fixation")
def test_a_session_is_made_never_taken(home: Practice) -> None:
    """Whatever token comes with a sign-in, a new one comes back, and the one that came stays whose it was."""
    planted = str(home.people["desk"].token)
    answers = []
    for headers in ({"Authorization": f"Bearer {planted}"}, {"Cookie": f"session={planted}"}, {"X-Session": planted}):
        body = {"email": home.email("owner"), "password": PASSWORD}
        response = ApiClient(home.url).call("POST", "/sessions", json=body, headers=headers)
        assert response.status_code == 201 and planted not in response.text and "Set-Cookie" not in response.headers
        answers.append(response.json()["access_token"])
    assert len({*answers, planted}) == 4
    assert home.people["desk"].get("/me")["staff"]["id"] == home.staff_ids["desk"]
    for field in ("access_token", "refresh_token", "session_id"):
        body = {"email": home.email("owner"), "password": PASSWORD, field: planted}
        ApiClient(home.url).post("/sessions", body, expect=422)


@pytest.mark.abuse("A-SES-idle-parameter")
@pytest.mark.parametrize("parameter", ["skip_timeout_reset=1", "keep_alive=1", "ajax=1", "access_token=x"])
def test_no_parameter_is_taken_that_nobody_asked_for(home: Practice, parameter: str) -> None:
    response = home.owner.call("GET", f"/me?{parameter}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.abuse("A-SES-kinds-of-tokens")
def test_one_token_is_not_another(home: Practice) -> None:
    """A refresh token is no access token, nor is an invitation, nor half of two."""
    tokens = ApiClient(home.url).post("/sessions", {"email": home.email("desk"), "password": PASSWORD})
    access, refresh = tokens["access_token"], tokens["refresh_token"]
    invited = home.owner.post(
        "/staff", {"given_name": "I", "family_name": "I", "email": home.email("invited"), "levels": ["default"]}
    )
    head, _, tail = access.partition(".")
    for token in (refresh, invited["invitation"]["token"], f"{head}.", tail, f"{head}.{refresh.partition('.')[2]}"):
        ApiClient(home.url, token).get("/me", expect=401)
    ApiClient(home.url, access).get("/me")


@pytest.mark.abuse("A-DOS-request-decompression")
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_nothing_is_unpacked_for_anybody(home: Practice, coding: str) -> None:
    packed = gzip.compress(b'{"query": "' + b" " * 10_000_000 + b'"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    response = home.owner.call("POST", "/clients/search", data=packed, headers=headers)
    assert response.status_code == 415 and response.elapsed.total_seconds() < 2


@pytest.mark.abuse("A-DOS-many-keys", "A-DOS-hash-collisions")
def test_a_body_of_very_many_keys_is_no_work(home: Practice) -> None:
    """Numbers one Mersenne prime apart had one hash in CPython; as keys, or as very many, they cost nothing here."""
    many = "{" + ",".join(f'"k{n}":1' for n in range(20_000)) + "}"
    colliding = '{"query": [' + ",".join(str((2**61 - 1) * n) for n in range(1, 5_000)) + "]}"
    for body in (many, colliding):
        headers = {"Content-Type": "application/json"}
        response = home.owner.call("POST", "/clients/search", data=body.encode(), headers=headers)
        assert 400 <= response.status_code < 500 and response.elapsed.total_seconds() < 2
