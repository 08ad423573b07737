"""What is taken away is gone within five seconds, in every service, with and without the bus (goal G6).

Six people are signed in twice. Each loses the first session in another way, at the same moment; then every service is
asked until it refuses. ROUNDS repeats it (`make soak`: many).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import pytest

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.services import SERVICES
from shared.testing.waiting import wait_until
from tests.practice import PASSWORD, Practice, mailed_token
from tests.running import frozen

ROUNDS = int(os.environ.get("ROUNDS", "1"))
SECONDS_MAX = 5.0
NEW_PASSWORD = "otter piano gravel 58"


@dataclass(frozen=True, slots=True)
class Loser:
    """Somebody about to lose what they have: the session that ends, another one, and the reset link of who resets."""

    name: str
    web: ApiClient
    other: ApiClient
    reset_token: str


def sign_out(_practice: Practice, who: Loser) -> None:
    who.web.delete("/sessions/current", expect=204)


def end_elsewhere(_practice: Practice, who: Loser) -> None:
    (session,) = [session for session in who.other.get("/me/sessions")["items"] if not session["current"]]
    who.other.delete(f"/me/sessions/{session['id']}", expect=204)


def deactivate(practice: Practice, who: Loser) -> None:
    practice.owner.post(f"/staff/{practice.staff_ids[who.name]}/deactivate", {}, expect=200)


def change_password(_practice: Practice, who: Loser) -> None:
    who.other.post("/passwords/change", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}, expect=200)


def reset(practice: Practice, who: Loser) -> None:
    ApiClient(practice.url).post(
        "/passwords/reset", {"token": who.reset_token, "new_password": NEW_PASSWORD}, expect=200
    )


def demote(practice: Practice, who: Loser) -> None:
    practice.owner.patch(f"/staff/{practice.staff_ids[who.name]}", {"levels": ["default"]})


WAYS: dict[str, tuple[Callable[[Practice, Loser], None], int]] = {
    "signs-out": (sign_out, 401),
    "ended-elsewhere": (end_elsewhere, 401),
    "deactivated": (deactivate, 401),
    "changes-password": (change_password, 401),
    "resets": (reset, 401),
    "demoted": (demote, 403),
}


def loser(stack: Stack, practice: Practice, name: str) -> Loser:
    """An administrator with two sessions, of which the gateway has heard just now."""
    web = practice.add(name, "administration")
    token = ""
    if name == "resets":
        nobody = ApiClient(practice.url)
        confirmation = mailed_token(stack, practice.email("owner"), "confirm")
        nobody.post("/organizations/confirm", {"token": confirmation}, expect=200)
        nobody.post("/passwords/reset-request", {"email": practice.email(name)}, expect=202)
        token = mailed_token(stack, practice.email(name), "password-reset")
    return Loser(name, web, practice.sign_in(name), token)


def questions(practice: Practice) -> dict[str, tuple[str, str]]:
    """One request per service that needs more than everybody has."""
    client_id, case_id = practice.new_client()
    return {
        "identity": ("GET", "/organization/history"),
        "clients": ("PUT", f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}"),
        "clinical": ("GET", f"/cases/{case_id}"),
        "billing": ("GET", f"/clients/{client_id}/ledger"),
    }


@contextmanager
def without_the_bus(stack: Stack) -> Iterator[None]:
    """Every worker stands still: no event leaves and none arrives."""
    with ExitStack() as standing:
        for service in SERVICES:
            standing.enter_context(frozen(stack, f"{service} worker"))
        yield


@pytest.mark.alone
@pytest.mark.abuse(
    "A-SES-after-sign-out",
    "A-SES-after-deactivation",
    "A-SES-after-reset",
    "A-ROLE-downgrade-with-an-open-session",
)
@pytest.mark.timeout(120 * (ROUNDS + 1))
@pytest.mark.parametrize("bus", ["with the bus", "without the bus"])
def test_what_is_taken_away_is_gone_everywhere_within_seconds(besieged: Stack, bus: str) -> None:
    worst = 0.0
    for _ in range(ROUNDS):
        practice = Practice(besieged.url)
        practice.add("therapist", "therapist")
        paths = questions(practice)
        people = [loser(besieged, practice, name) for name in WAYS]
        bystander = practice.add("bystander", "administration")

        def status(web: ApiClient, service: str, paths: dict[str, tuple[str, str]] = paths) -> int:
            return web.call(*paths[service]).status_code

        for web in (*(person.web for person in people), bystander):
            for service in SERVICES:
                wait_until(lambda web=web, service=service: status(web, service) == 200, 20, service)

        def lose(who: Loser, practice: Practice = practice, status: Callable[[ApiClient, str], int] = status) -> float:
            way, refusal = WAYS[who.name]
            way(practice, who)
            began = time.monotonic()
            for service in SERVICES:
                left = SECONDS_MAX - (time.monotonic() - began)
                gone = partial(lambda service: status(who.web, service) == refusal, service)
                wait_until(gone, max(left, 0), f"the refusal of {service} to who {who.name}")
            seconds = time.monotonic() - began
            assert {status(who.web, service) for service in SERVICES} == {refusal}, "let in again"
            return seconds

        with ExitStack() as during:
            if bus == "without the bus":
                during.enter_context(without_the_bus(besieged))
            with ThreadPoolExecutor(len(people)) as pool:
                worst = max(worst, *pool.map(lose, people))
            assert {status(bystander, service) for service in SERVICES} == {200}, "who lost nothing is refused"
    print(f"{bus}: {ROUNDS * len(WAYS)} revocations, the slowest in force after {worst:.1f} s")


@pytest.mark.abuse("A-SES-after-sign-out")
def test_what_was_signed_out_renews_nothing(besieged: Stack) -> None:
    practice = Practice(besieged.url)
    tokens = ApiClient(practice.url).post("/sessions", {"email": practice.email("owner"), "password": PASSWORD})
    ApiClient(practice.url, tokens["access_token"]).delete("/sessions/current", expect=204)
    ApiClient(practice.url).post("/sessions/refresh", {"refresh_token": tokens["refresh_token"]}, expect=401)
