"""Stops and replacements: what was begun is answered, what comes meanwhile hears when to come back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

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
    in_container,
    needs_the_stack,
)
from tests.compose.test_edge import is_a_problem_of_ours
from tests.practice import Practice

pytestmark = [*needs_the_stack, pytest.mark.alone]

IDLE = 200
STOP_SECONDS_MAX = 15
ADDRESSES_TRIED = 8  # the engine gives out the lowest that is free
UNDER_WAY = 4  # an account has five places at a service


def answers(status: int) -> bool:
    """Whether the published port answers the public keys with that status."""
    try:
        return requests.get(f"{URL}/.well-known/jwks.json", timeout=5).status_code == status
    except requests.ConnectionError:
        return False


@contextmanager
def stopped_amid_requests(practice: Practice, service: str) -> Iterator[tuple[list[Future[int]], Future[float]]]:
    """Stops a service while requests through it wait for billing, which goes on as soon as the stop is under way.

    Yields the requests' statuses and the seconds of the stop, all to come.
    """
    (stopping,) = containers(service)
    billing = containers("billing-web")
    with ThreadPoolExecutor(UNDER_WAY + 1) as pool:
        docker("pause", *billing)
        before = under_way_at_the_gateway()
        try:
            waiting = [
                pool.submit(lambda: practice.owner.call("GET", "/invoices").status_code) for _ in range(UNDER_WAY)
            ]
            wait_until(lambda: under_way_at_the_gateway() >= before + UNDER_WAY, 10, "the requests at the gateway")
            stop = pool.submit(seconds_to_stop, stopping)
            time.sleep(1)  # the signal is there by then; what waits for billing is not answered yet
            assert not any(future.done() for future in waiting)
        finally:
            docker("unpause", *billing)
        yield waiting, stop


def seconds_to_stop(container_id: str) -> float:
    """Stop a container and wait for its end."""
    started = time.monotonic()
    docker("stop", "--time", "30", container_id)
    return time.monotonic() - started


def under_way_at_the_gateway() -> int:
    """How many connections to its port the gateway holds."""
    (gateway,) = containers("gateway")
    read = "print(sum(l.split()[1].endswith(':1F40') and l.split()[3] == '01' for l in open('/proc/net/tcp')))"
    return int(in_container(gateway, read))


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
        with stopped_amid_requests(practice, "gateway") as (waiting, stop):
            assert [future.result() for future in waiting] == [200] * UNDER_WAY
            assert stop.result() < STOP_SECONDS_MAX

    response = requests.get(f"{URL}/api/v1/me", timeout=10)
    assert response.status_code == 503
    is_a_problem_of_ours(dict(response.headers), response.content, 503, "unavailable")

    # The address goes to somebody else, so the successor must be found by its name.
    docker("rm", old)
    with ExitStack() as others:
        for _ in range(ADDRESSES_TRIED):
            other = others.enter_context(container("--network", DOOR, APPLICATION, "sleep", "60"))
            if addresses(other)[DOOR] == was_at:
                break
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
        with stopped_amid_requests(practice, "edge") as (waiting, stop):
            assert [future.result() for future in waiting] == [200] * UNDER_WAY
            assert stop.result() < STOP_SECONDS_MAX
    assert not answers(200)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", edge).strip() == "0"
