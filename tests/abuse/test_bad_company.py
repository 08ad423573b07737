"""One bad account, or strangers, at their worst, while somebody of another practice books, signs and reads.

They get every answer, and their p99 stays below five times their own before (floor half a second).
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import requests

from embedded.stack import Stack
from shared.ids import new_id_of
from shared.testing.pictures import png
from shared.testing.waiting import wait_until
from tests.practice import SOAP, Practice
from tests.running import really_hashing

FLOOR_SECONDS = 0.5
REQUESTS_MIN = 100
# Sixty-six characters that can each be read in several ways: the longest to judge.
SLOW_TO_JUDGE = "4@8({[<369&9#!1|l0$5+7%2" * 3


class Day:
    """Somebody's day: one appointment after the other is booked, documented, signed and read again."""

    def __init__(self, practice: Practice) -> None:
        self._practice, self._therapist = practice, practice.people["therapist"]
        self._client_id, self._case_id = practice.new_client()
        self._starts = (f"2026-{month:02}-{day:02}T10:00" for month in range(1, 10) for day in range(1, 29))

    def work(self, stop: Callable[[], bool]) -> list[float]:
        """Seconds of each request until told to stop; fails where one is not answered as it should be."""
        seconds: list[float] = []

        def timed(method: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
            started = time.monotonic()
            response = self._therapist.session.request(
                method, f"{self._practice.url}/api/v1{path}", json=body, timeout=30
            )
            seconds.append(time.monotonic() - started)
            assert response.status_code in (200, 201), (path, response.status_code, response.text)
            return dict(response.json())

        for start in self._starts:
            booking = {
                "client_ids": [self._client_id],
                "staff_id": self._practice.staff_ids["therapist"],
                "service_type_id": self._practice.service_type_id,
                "starts_at_local": start,
            }
            note = {"client_id": self._client_id, "template": "soap", "content": SOAP, "minutes": 55}
            appointment = timed("POST", "/appointments", booking)["id"]
            path = f"/notes/{timed('POST', f'/appointments/{appointment}/notes', note)['id']}"
            timed("POST", f"{path}/sign")
            for read in (path, "/agenda?from=2026-01-01&to=2026-01-28", "/clients", "/me"):
                timed("GET", read)
            if stop():
                return seconds
        raise AssertionError("the year is over")


@pytest.fixture(scope="module")
def day(besieged: Stack) -> tuple[Day, float]:
    """A day's work at a practice that nobody attacks, and its p99 while nothing else happens."""
    made = Day(Practice(besieged.url))
    made.work(lambda: True)
    counted = itertools.count()
    return made, p99(made.work(lambda: next(counted) * 7 > REQUESTS_MIN))


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


@contextmanager
def attackers(how_many: int, attack: Callable[[int], object]) -> Iterator[list[int]]:
    """That many threads which go on attacking while the block runs; gives the list of what they were answered."""
    stop, answered = threading.Event(), list[int]()

    def go_on(number: int) -> None:
        while not stop.is_set():
            status = attack(number)
            if isinstance(status, int):
                answered.append(status)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(how_many)]
    for thread in threads:
        thread.start()
    try:
        yield answered
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def notices_nothing(day: tuple[Day, float], attack: str) -> None:
    """Work through a hundred requests beside the attack."""
    made, before = day
    counted = itertools.count()
    during = p99(made.work(lambda: next(counted) * 7 > REQUESTS_MIN))
    print(f"\n{attack}: p99 {during * 1000:.0f} ms, before {before * 1000:.0f}")
    assert during <= max(FLOOR_SECONDS, 5 * before)


@pytest.mark.alone
@pytest.mark.abuse("A-DOS-sign-ups")
def test_sixteen_who_sign_up_at_once_with_passwords_that_take_long_to_judge(
    besieged: Stack, day: tuple[Day, float]
) -> None:
    addresses = itertools.count(1)

    def found(number: int) -> int:
        administrator = {
            "given_name": "A",
            "family_name": "B",
            "email": f"{time.monotonic_ns()}.{number}@example.test",
            "password": SLOW_TO_JUDGE[number:66] + SLOW_TO_JUDGE[:number],
        }
        body = {"name": "P", "time_zone": "UTC", "administrator": administrator}
        origin = {"X-Forwarded-For": f"203.0.{next(addresses) % 250}.{number}"}
        return requests.post(f"{besieged.url}/api/v1/organizations", json=body, headers=origin, timeout=60).status_code

    with really_hashing(besieged), attackers(16, found) as answered:
        notices_nothing(day, "sign-ups")
    assert set(answered) <= {201, 422, 503} and len(answered) >= 5


@pytest.mark.alone
@pytest.mark.abuse("A-DOS-young-ids")
def test_somebody_who_asks_for_made_up_ids_that_are_too_young(besieged: Stack, day: tuple[Day, float]) -> None:
    other = Practice(besieged.url)
    bad = other.people["desk"]
    organization = UUID(other.organization_id)

    def ask(_: int) -> int:
        path = f"/access/explain?client_id={new_id_of(organization)}&staff_id={other.staff_ids['owner']}"
        response = bad.session.get(f"{besieged.url}/api/v1{path}", timeout=30)
        time.sleep(0.5)
        return response.status_code

    with attackers(5, ask) as answered:
        notices_nothing(day, "ids that are too young")
    assert set(answered) <= {403, 404, 429, 503}, set(answered)


@pytest.mark.alone
@pytest.mark.abuse("A-DOS-unread-answers")
def test_twenty_slow_downloads_of_one_account(besieged: Stack, day: tuple[Day, float]) -> None:
    other = Practice(besieged.url)
    logo = {"file": ("logo.png", png(500, 500, noisy=True))}
    assert other.owner.call("PUT", "/organization/logo", files=logo).status_code == 200
    head = f"GET /api/v1/organization/logo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {other.owner.token}\r\n\r\n"
    with contextlib.ExitStack() as connections:
        for _ in range(20):
            connection = connections.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.connect(("127.0.0.1", besieged.port))
            connection.sendall(head.encode())
        time.sleep(0.5)  # until they are under way: nothing outside shows that
        notices_nothing(day, "slow downloads")
    wait_until(lambda: other.owner.call("GET", "/me").status_code == 200, 20, "the bad account itself")
