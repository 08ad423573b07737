"""A service that hangs, resets, floods or talks nonsense: the gateway says 503 in time, and recovers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gateway.edge import upstream as upstream_module
from gateway.edge.breaker import FAILURES_MAX, Breaker
from gateway.edge.limits import RateLimit
from gateway.edge.upstream import WHOLE_BYTES_MAX, BulkheadFull, StreamedResponse, Upstream, UpstreamResponse
from shared.errors import TooMany, Unavailable

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=1\r\n\r\n{}"


@contextmanager
def serving(response: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that does `answer` with each connection; what it received is in the list."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []
    open_sockets: list[socket.socket] = []

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        try:
            while data := connection.recv(65536):
                received.append(data)
                response(connection)
        except OSError:
            return

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        listener.close()
        for opened in open_sockets:
            opened.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)  # often enough that no read times out: only the deadline can end it


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(2000):
        connection.sendall(b"x" * 50_000)


HOSTILE = {
    "hangs": lambda _connection: None,
    "resets": reset,
    "garbage": lambda connection: (connection.sendall(b"\x00\xff nonsense\r\n\r\n"), connection.close()),
    "drips": drip,
    "floods": flood,
    "cut short": lambda c: (c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc"), c.close()),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_does_the_answer_is_unavailable_in_time(name: str) -> None:
    with serving(HOSTILE[name]) as (url, _):
        started = time.monotonic()
        with pytest.raises(Unavailable):
            Upstream("x", url).send("GET", "/", {}, b"", read_seconds=0.5)
        assert time.monotonic() - started < 4


def test_a_write_is_never_sent_twice() -> None:
    with serving(reset) as (url, received):
        with pytest.raises(Unavailable):
            Upstream("x", url).send("POST", "/", {}, b"{}", read_seconds=1)
        assert len(received) == 1


def test_an_answer_that_takes_too_long_is_not_asked_for_again() -> None:
    with serving(drip) as (url, received):
        started = time.monotonic()
        with pytest.raises(Unavailable):
            Upstream("x", url).send("GET", "/", {}, b"", read_seconds=0.5)
        assert time.monotonic() - started < 0.9
        assert len(received) == 1


@pytest.mark.parametrize("name", ["hangs", "resets", "drips"])
def test_a_refusal_that_does_not_come_whole_is_unavailable_also_where_answers_are_streamed(name: str) -> None:
    def refusing(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 999999\r\n\r\n")
        HOSTILE[name](connection)

    with serving(refusing) as (url, _):
        upstream = Upstream("x", url, at_once=1)
        for _ in range(2):  # the slot is free again
            with pytest.raises(Unavailable) as refused:
                upstream.get("/", {}, read_seconds=0.3, streams=True)
            assert type(refused.value) is Unavailable


def long(connection: socket.socket) -> None:
    size = WHOLE_BYTES_MAX + 3 * 1024 * 1024
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(size // 1024):
        connection.sendall(b"x" * 1024)


def test_a_place_is_free_when_the_answer_has_been_read_whole_and_a_long_one_streams() -> None:
    with serving(lambda c: c.sendall(GOOD)) as (url, _):
        upstream = Upstream("x", url, at_once=1)
        answers = [upstream.get("/", {}) for _ in range(3)]  # nobody has taken the first one yet
        assert [response.body for response in answers if isinstance(response, UpstreamResponse)] == [b"{}"] * 3
    with serving(long) as (url, _):
        upstream = Upstream("x", url, at_once=1)
        response = upstream.get("/", {}, read_seconds=5)
        assert isinstance(response, StreamedResponse)
        with pytest.raises(BulkheadFull):
            upstream.get("/", {})
        assert sum(map(len, response.pieces)) == WHOLE_BYTES_MAX + 3 * 1024 * 1024
        response.pieces.close()
        again = upstream.get("/", {}, read_seconds=5)
        assert isinstance(again, StreamedResponse)
        again.pieces.close()


def test_answers_at_their_readers_pace_take_a_part_of_the_places_only() -> None:
    with serving(long) as (url, _):
        upstream = Upstream("x", url, at_once=8)
        held = [upstream.get("/", {}, read_seconds=5) for _ in range(2)]
        with pytest.raises(BulkheadFull):
            upstream.get("/", {}, read_seconds=5)
        for response in held:
            assert isinstance(response, StreamedResponse)
            response.pieces.close()
        again = upstream.get("/", {}, read_seconds=5)
        assert isinstance(again, StreamedResponse)
        again.pieces.close()


def test_a_name_that_is_looked_up_slowly_keeps_no_other_request_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda c: c.sendall(GOOD)) as (url, _):
        upstream = Upstream("x", url)
        upstream.get("/", {})
        looking, found = threading.Event(), threading.Event()
        look_up = socket.getaddrinfo

        def slow(*arguments: object, **more: object) -> object:
            looking.set()
            found.wait(10)
            return look_up(*arguments, **more)  # type: ignore[arg-type]  # passes on whatever it is given

        monkeypatch.setattr(upstream_module.socket, "getaddrinfo", slow)
        upstream._resolved_at = float("-inf")
        first = threading.Thread(target=upstream.get, args=("/", {}))
        first.start()
        assert looking.wait(5)
        started = time.monotonic()
        assert upstream.get("/", {}).status == 200
        assert time.monotonic() - started < 5
        found.set()
        first.join(10)


def test_a_service_that_drips_is_waited_for_only_where_the_row_says_so() -> None:
    with serving(drip) as (url, _):
        with pytest.raises(Unavailable):
            Upstream("x", url).get("/", {}, read_seconds=0.3)
        response = Upstream("x", url).get("/", {}, read_seconds=0.3, streams=True)
        assert isinstance(response, StreamedResponse)
        response.pieces.close()


def test_nothing_listening_is_refused_fast() -> None:
    with pytest.raises(Unavailable):
        Upstream("x", "http://127.0.0.1:1").send("GET", "/", {}, b"")


def test_cookies_of_one_answer_do_not_come_back_with_the_next_request() -> None:
    with serving(lambda connection: connection.sendall(GOOD)) as (url, received):
        upstream = Upstream("x", url)
        assert upstream.send("GET", "/", {}, b"").status == 200
        assert upstream.send("GET", "/", {}, b"").status == 200
        assert b"cookie" not in b"".join(received).lower()


def test_the_breaker_opens_and_one_success_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("gateway.edge.breaker.clock.monotonic", lambda: now[0])
    breaker = Breaker()
    for _ in range(FAILURES_MAX):
        breaker.enter()
        breaker.failed()
    with pytest.raises(Unavailable):
        breaker.enter()
    now[0] += 6
    breaker.enter()
    with pytest.raises(Unavailable):
        breaker.enter()  # one tries, the others still wait
    breaker.succeeded()
    breaker.enter()


def test_replicas_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda c: c.sendall(GOOD)) as (url, received):
        port = int(url.rsplit(":", 1)[1])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.1", "127.0.0.1")]
        monkeypatch.setattr(upstream_module.socket, "getaddrinfo", lambda *_, **__: found)
        upstream = Upstream("x", url)
        for _ in range(4):
            upstream.send("GET", "/", {}, b"")
        assert len(received) == 4


def test_rate_limits_refill_and_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("gateway.edge.limits.clock.monotonic", lambda: now[0])
    limit = RateLimit("account", 60)
    for _ in range(60):
        limit.take("a")
    with pytest.raises(TooMany):
        limit.take("a")
    limit.take("b")
    now[0] += 2
    limit.take("a")
    limit.check("a")
