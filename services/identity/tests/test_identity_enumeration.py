"""Nobody learns who has an account: not by words, not by status, and not by how long an answer takes.

Times are compared as distributions. The measure is the chance that an answer about a known address is the slower one
(Mann-Whitney, the area under the curve): one half tells nothing. Known and unknown take turns, so that what else the
machine does meets both.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from services.identity.tests.people import fresh_email, new_member, sign_up

pytestmark = pytest.mark.usefixtures("real_hashing")
Ask = Callable[[], object]
WRONG = "quarry lantern heron 14"
LOWEST, HIGHEST = 0.4, 0.6
_networks = itertools.count()


def slower(known: list[float], unknown: list[float]) -> float:
    """How often a known one took longer than an unknown one; ties count half."""
    wins = sum((sample > other) + 0.5 * (sample == other) for sample in known for other in unknown)
    return wins / (len(known) * len(unknown))


def seconds(ask: Ask) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def measured(known: Ask, unknown: Ask, pairs: int) -> float:
    """The measure over so many interleaved pairs."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(pairs):
        order = [True, False]
        random.shuffle(order)
        for which in order:
            times[which].append(seconds(known if which else unknown))
    return slower(times[True], times[False])


def time_tells_nothing(known: Ask, unknown: Ask, pairs: int) -> None:
    """Within the bounds; a first result outside is asked again with three times the pairs before it counts."""
    known(), unknown()
    found = measured(known, unknown, pairs)
    if not LOWEST <= found <= HIGHEST:
        found = measured(known, unknown, 3 * pairs)
    assert LOWEST <= found <= HIGHEST, f"the known one is the slower in {found:.0%}"


def elsewhere(public):
    """The same, from a network that nobody came from before: no limit is met."""
    number = next(_networks)
    return replace(public, network=f"10.{number // 250}.{number % 250}.0/24")


def signing_in(practice, email: Callable[[], str]) -> Ask:
    """A sign-in with a wrong password."""

    def ask() -> None:
        response = elsewhere(practice.public).post("/sessions", {"email": email(), "password": WRONG})
        assert (response.status_code, response.json["code"]) == (401, "bad_credentials")

    return ask


def test_the_measure_sees_a_difference() -> None:
    chance = random.Random(1)
    fast = [chance.gauss(25, 2) for _ in range(200)]
    assert LOWEST < slower(fast, [chance.gauss(25, 2) for _ in range(200)]) < HIGHEST
    assert slower([duration + 2 for duration in fast], fast) > HIGHEST


@pytest.mark.alone
@pytest.mark.abuse("A-AUTH-enumeration-sign-in")
def test_a_wrong_password_takes_as_long_for_an_address_that_nobody_has(new_practice):
    practices = [new_practice() for _ in range(8)]  # an address has a hundred guesses an hour
    known = itertools.cycle([practice.owner.email for practice in practices])
    time_tells_nothing(signing_in(practices[0], lambda: next(known)), signing_in(practices[0], fresh_email), 120)


@pytest.mark.abuse("A-AUTH-enumeration-two-practices")
def test_that_somebody_works_in_two_practices_is_not_told_by_time(new_practice, monkeypatch):
    """Nearly all of a sign-in's time is hashing: there is as much of it for nobody, for one account and for two."""
    hashed: list[object] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, *args: (hashed.append(1), verify(self, *args))[1])
    other, first = new_practice(), new_practice()
    new_practice(first.owner.email)
    for email in (fresh_email(), other.owner.email, first.owner.email):
        hashed.clear()
        signing_in(other, lambda email=email: email)()
        assert len(hashed) == 2, email


@pytest.mark.alone
@pytest.mark.abuse("A-AUTH-enumeration-reset")
def test_asking_for_a_reset_takes_as_long_for_an_address_that_nobody_has(practice):
    responses: set[tuple[int, str]] = set()

    def asking(email: Callable[[], str]) -> Ask:
        def ask() -> None:
            response = practice.public.post("/passwords/reset-request", {"email": email()})
            responses.add((response.status_code, response.text))

        return ask

    nobody = fresh_email()  # one address again and again, as the other is: a request that waits is not written twice
    time_tells_nothing(asking(lambda: practice.owner.email), asking(lambda: nobody), 150)
    assert len(responses) == 1 and responses.pop()[0] == 202


@pytest.mark.alone
@pytest.mark.abuse("A-AUTH-enumeration-invitation")
def test_inviting_somebody_does_not_tell_whether_they_work_elsewhere(practice, new_practice):
    """Also not by what comes of a link: made up, used or revoked, it says the same."""
    victims = [practice.member("default") for _ in range(3)]
    attackers = itertools.cycle([new_practice() for _ in range(9)])  # fifty invitations a day each

    def inviting(email: Callable[[], str]) -> Ask:
        def ask() -> None:
            attacker = next(attackers)
            made = attacker.owner.web.post("/staff", new_member("default", email=email()))
            assert made.status_code == 201 and not made.json["joined"]
            path = f"/staff/{made.json['id']}"
            attacker.owner.web.patch(path, {"email": fresh_email()})  # the next one may have the address again

        return ask

    known = itertools.cycle([victim.email for victim in victims])
    time_tells_nothing(inviting(lambda: next(known)), inviting(fresh_email), 45)
    used, revoked = practice.invite("default"), practice.invite("default")
    practice.accept(used.invitation)
    for invitation in practice.owner.web.get("/invitations").json["items"]:
        practice.owner.web.delete(f"/invitations/{invitation['id']}")
    made_up = f"{used.invitation.partition('.')[0]}.{'x' * 43}"
    responses = [practice.accept(token) for token in (used.invitation, revoked.invitation, made_up)]
    assert {(response.status_code, response.json["code"]) for response in responses} == {(422, "invitation_not_usable")}
    assert len({str({**response.json, "request_id": None}) for response in responses}) == 1


@pytest.mark.alone
@pytest.mark.abuse("A-AUTH-enumeration-sign-up")
def test_signing_up_does_not_tell_whether_somebody_has_the_address(practice):
    def signing_up(email: Callable[[], str]) -> Ask:
        def ask() -> None:
            response = sign_up(practice.public, email())
            assert response.status_code == 201 and response.json["staff"]["joined"]

        return ask

    known = itertools.cycle([practice.owner.email, *(practice.member("default").email for _ in range(3))])
    time_tells_nothing(signing_up(lambda: next(known)), signing_up(fresh_email), 50)
    taken, free = sign_up(practice.public, practice.owner.email), sign_up(practice.public, fresh_email())
    assert taken.json.keys() == free.json.keys()
    assert taken.json["organization"].keys() == free.json["organization"].keys()
