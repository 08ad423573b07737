"""The gateway while its keys change, a service hangs, or it is told to stop: people's requests go through."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.keys.signing import SETTLE_SECONDS
from shared.testing.waiting import wait_until
from tests.faults.test_outages import frozen
from tests.practice import Practice

NOBODY_THERE, BROKEN_OFF = 0, 1
PAUSE_SECONDS = 0.02  # people are not what the machine is busy with


@dataclass
class Load:
    """What people at work experienced."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


@contextmanager
def people_at_work(
    practice: Practice, path: str, people: int = 3, method: str = "GET", who: str = "owner"
) -> Iterator[Load]:
    """Some browsers of one person that ask for `path` one time after the other while the block runs."""
    load, stop = Load(), threading.Event()

    def work() -> None:
        mine = ApiClient(practice.url, practice.people[who].token)
        while not stop.is_set():
            started = time.monotonic()
            try:
                status = mine.call(method, path, json={} if method == "PATCH" else None).status_code
            except requests.ConnectionError as error:
                status = NOBODY_THERE if "NewConnectionError" in repr(error) else BROKEN_OFF
            load.seconds.append(time.monotonic() - started)
            load.statuses[status] += 1
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=work) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def test_keys_rotate_and_retire_under_load_and_nobody_notices(stack: Stack, practice: Practice) -> None:
    client_id, _ = practice.new_client()

    def key_in_use() -> str:
        keys = requests.get(f"{stack.url}/.well-known/jwks.json", timeout=5).json()["keys"]
        return str(keys[-1]["kid"])

    with (
        people_at_work(practice, "/clients?limit=1") as reading,
        people_at_work(practice, "/organization", people=1, method="PATCH") as writing,
    ):
        for turn in range(3):
            before = key_in_use()
            fresh = stack.home.rotate_keys()
            assert len(fresh) == 7 and key_in_use() in fresh and before not in fresh
            total = sum(reading.statuses.values())
            time.sleep(SETTLE_SECONDS + 1.5)  # a key is used when its file has lain there so long: the age is the state
            assert sum(reading.statuses.values()) > total
            if turn == 1:
                appointment_id = practice.document(client_id, "2026-09-10T09:00")
                practice.draft_of(appointment_id)  # events signed with the second key have arrived
        assert stack.home.retire_keys()
        time.sleep(1.5)  # until every process has looked at its folder again
    assert set(reading.statuses) == {200}, reading.statuses
    assert set(writing.statuses) == {200}, writing.statuses
    appointment_id = practice.document(client_id, "2026-09-11T09:00")
    practice.draft_of(appointment_id)


@pytest.mark.alone
def test_a_hanging_billing_does_not_slow_the_agenda(stack: Stack, practice: Practice) -> None:
    path = "/agenda?from=2026-09-01&to=2026-09-07"
    with people_at_work(practice, path) as before:
        wait_until(lambda: len(before.seconds) > 60, 30, "enough requests to compare with")
    # It goes on before those who wait for it are asked to end.
    with (
        people_at_work(practice, "/invoices", people=19, who="biller") as billing,
        people_at_work(practice, "/invoices", people=19, who="manager") as more_billing,
        frozen(stack, "billing web"),
        people_at_work(practice, path) as during,
    ):
        wait_until(lambda: len(during.seconds) > 100, 30, "the agenda, while 38 requests wait for billing")
    assert set(during.statuses) == {200}, during.statuses
    # 429: each of the two has five places at billing, and the others of the nineteen wait in line for five seconds.
    assert set(billing.statuses + more_billing.statuses) <= {503, 429, 200}
    assert statistics.median(during.seconds) < 10 * statistics.median(before.seconds)
    wait_until(lambda: practice.owner.call("GET", "/invoices").status_code == 200, 20, "billing")


def test_a_gateway_that_is_told_to_stop_finishes_what_it_began(stack: Stack, practice: Practice) -> None:
    assert stack.keeper is not None
    for name in ("gateway", "clients web"):
        child = stack.keeper.child(name)
        process = child.process
        assert process is not None
        with people_at_work(practice, "/clients?limit=1") as load:
            wait_until(lambda load=load: len(load.seconds) > 20, 20, "some load")
            os.kill(process.pid, signal.SIGTERM)
            process.wait(25)
            assert process.ended() == 0, name
            wait_until(lambda child=child, process=process: child.process is not process, 30, name)
            wait_until(practice.owner_answers, 30, f"{name} again")
        # Those that came after it had closed its door were told so at once, or stood in the door's queue as it closed:
        # one of each person's at most, read by nobody. What was inside was answered.
        assert set(load.statuses) <= {200, 503, NOBODY_THERE, BROKEN_OFF}, (name, load.statuses)
        assert load.statuses[BROKEN_OFF] <= 3, (name, load.statuses)
        if name == "clients web":  # the gateway is still there, and says 503 itself
            assert not load.statuses[NOBODY_THERE] + load.statuses[BROKEN_OFF], load.statuses


def test_a_stop_with_idle_connections_ends_in_time_and_cuts_nothing_off(stack: Stack, practice: Practice) -> None:
    """Connections that never asked anything, kept ones, and a request whose body is still on its way."""
    assert stack.keeper is not None
    child = stack.keeper.child("gateway")
    process, address = child.process, ("127.0.0.1", stack.port)
    assert process is not None
    body = b'{"display_name": "' + b"A" * 40 + b'"}'
    head = "POST /api/v1/clients/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {practice.owner.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    with contextlib.ExitStack() as connections:
        idle = [connections.enter_context(socket.create_connection(address)) for _ in range(200)]
        for connection in idle[100:]:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 200 " in connection.recv(4096)
        under_way = connections.enter_context(socket.create_connection(address))
        under_way.sendall(head.encode() + body[:10])
        time.sleep(0.5)  # until its head has been read: nothing outside shows that
        stopped = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        for byte in body[10:]:
            time.sleep(0.05)
            under_way.sendall(bytes([byte]))
        under_way.settimeout(10)
        assert under_way.recv(65_536).startswith((b"HTTP/1.1 200", b"HTTP/1.1 422")), "it was cut off"
        process.wait(20)
        took = time.monotonic() - stopped
    assert process.ended() == 0 and took < 15, took
    wait_until(lambda: child.process is not process, 30, "the gateway")
    wait_until(practice.owner_answers, 30, "the gateway again")
