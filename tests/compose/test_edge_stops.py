"""Stops and replacements: what was begun is answered, what comes meanwhile hears when to come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from shared.testing.waiting import wait_until
from tests.compose.stack import (
    APPLICATION,
    DOOR,
    URL,
    addresses,
    beside,
    compose,
    container,
    containers,
    docker,
    needs_the_stack,
)
from tests.compose.test_edge import is_a_problem_of_ours
from tests.practice import PASSWORD, Practice

pytestmark = needs_the_stack

IDLE = 200
STOP_SECONDS_MAX = 15
UNDER_WAY = 6


def answers(status: int) -> bool:
    """Whether the published port answers the public keys with that status."""
    try:
        return requests.get(f"{URL}/.well-known/jwks.json", timeout=5).status_code == status
    except requests.ConnectionError:
        return False


def stopped_amid_sign_ins(practice: Practice, service: str) -> tuple[list[int], float]:
    """The statuses of sign-ins that were under way as a service was told to stop, and how long its stop took."""
    (found,) = containers(service)
    begun = threading.Semaphore(0)

    def sign_in() -> int:
        body = {"email": practice.email("owner"), "password": PASSWORD}
        with requests.Session() as session:
            session.get(f"{URL}/.well-known/jwks.json", timeout=10)  # the connection stands
            begun.release()
            return session.post(f"{URL}/api/v1/sessions", json=body, timeout=30).status_code

    with ThreadPoolExecutor(UNDER_WAY) as pool:
        signing_in = [pool.submit(sign_in) for _ in range(UNDER_WAY)]
        for _ in range(UNDER_WAY):
            begun.acquire(timeout=20)
        time.sleep(0.05)  # for the bytes to arrive; hashing passwords takes longer than that
        started = time.monotonic()
        docker("stop", "--time", "30", found)
        return [one.result() for one in signing_in], time.monotonic() - started


@pytest.fixture
def _whole_again() -> Iterator[None]:
    yield
    compose("up", "-d", "--no-recreate", "--no-deps", "gateway", "edge")
    wait_until(lambda: answers(200), 60, "the edge and the gateway")


@pytest.mark.usefixtures("_whole_again")
def test_a_stop_of_the_gateway_finishes_what_was_begun_and_its_successor_is_found(practice: Practice) -> None:
    (old,) = containers("gateway")
    was_at = addresses(old)[DOOR]
    with beside("connections", "silent", "gateway", 8000, IDLE, network=DOOR) as (idle,):
        assert idle.hear()["standing"] >= 0.95 * IDLE
        statuses, seconds = stopped_amid_sign_ins(practice, "gateway")
    assert statuses == [201] * UNDER_WAY
    assert seconds < STOP_SECONDS_MAX

    answer = requests.get(f"{URL}/api/v1/me", timeout=10)
    assert answer.status_code == 503
    is_a_problem_of_ours(dict(answer.headers), answer.content, 503, "unavailable")

    # The address goes to somebody else, so the successor must be found by its name.
    docker("rm", old)
    with container("--network", DOOR, APPLICATION, "sleep", "60"):
        compose("up", "-d", "--no-deps", "gateway")
        (new,) = containers("gateway")
        healthy = "{{.State.Health.Status}}"
        wait_until(lambda: docker("inspect", "--format", healthy, new).strip() == "healthy", 60, "the new gateway")
        wait_until(lambda: answers(200), 10, "the edge's way to it")
        assert addresses(new)[DOOR] != was_at


@pytest.mark.usefixtures("_whole_again")
def test_a_stop_of_the_edge_finishes_what_was_begun(practice: Practice) -> None:
    (edge,) = containers("edge")
    with (
        beside("connections", "silent", "edge", 8080, IDLE // 2) as (idle,),
        beside("connections", "heads", "edge", 8080, IDLE // 2) as (slow,),
    ):
        assert idle.hear()["standing"] + slow.hear()["standing"] >= 0.95 * IDLE
        statuses, seconds = stopped_amid_sign_ins(practice, "edge")
    assert statuses == [201] * UNDER_WAY
    assert seconds < STOP_SECONDS_MAX
    assert not answers(200)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", edge).strip() == "0"
