"""A connection to a service is used for one request after the other, and given up where anything is amiss."""

from __future__ import annotations

import re
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gateway.edge import exchange
from gateway.edge.exchange import Broken, Connection, NotConnected
from gateway.edge.idle_connections import EACH_MAX, IdleConnections
from gateway.edge.upstream import Upstream
from shared.errors import Unavailable
from shared.web.spool import Spooled

OK = b"HTTP/1.1 200 OK\r\n"
HEADER = b"X-A: 1\r\n"


@contextmanager
def connected(*responses: bytes, ends: bool = True) -> Iterator[tuple[Connection, list[bytes]]]:
    """A connection whose other end sends an response for each request; what it received is in the list."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def run() -> None:
        other, _ = listener.accept()
        for response in responses:
            received.append(_request(other))
            other.sendall(response)
        if ends:
            other.close()
        else:
            received.append(other.recv(1 << 20))

    server = threading.Thread(target=run, daemon=True)
    server.start()
    connection = Connection("127.0.0.1", listener.getsockname()[1], 1)
    yield connection, received
    connection.close()
    server.join(5)
    listener.close()


def _request(other: socket.socket) -> bytes:
    """The next request; its body comes in a packet of its own."""
    request = other.recv(1 << 20)
    length = re.search(rb"Content-Length: ([0-9]+)", request)
    head = request.find(b"\r\n\r\n") + 4
    while length and len(request) < head + int(length[1]):
        request += other.recv(1 << 20)
    return request


def asked(connection: Connection, method: str = "GET", target: str = "/", body: bytes = b"") -> exchange.Response:
    return connection.ask(method, target, {"Host": "x"}, body, send_seconds=1, read_seconds=2)


def whole(response: exchange.Response) -> bytes:
    body = b"".join(iter(response.read, b""))
    response.end()
    return body


@pytest.mark.parametrize(
    ("response", "body"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabc", b"abc"),
        (OK + b"Content-Length: 0\r\n\r\n", b""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", b"abc0123456789"),
        (OK + b"transfer-encoding: Chunked\r\n\r\n0\r\nTrailer: 1\r\n\r\n", b""),
        (b"HTTP/1.1 204 \r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b""),
    ],
)
def test_a_body_ends_where_it_says_and_the_next_response_is_the_next_ones(response: bytes, body: bytes) -> None:
    with connected(response, OK + b"Content-Length: 2\r\n\r\n{}", ends=False) as (connection, _):
        first = asked(connection)
        assert whole(first) == body and first.end() is connection
        assert connection.is_fresh()
        assert whole(asked(connection)) == b"{}"


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        b"nonsense\r\n\r\n",
        OK + HEADER * 101 + b"Content-Length: 0\r\n\r\n",
        OK + b"X: " + b"a" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
        OK + b"Content-Length: 5\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
def test_what_is_no_whole_response_is_broken(response: bytes) -> None:
    with connected(response) as (connection, _), pytest.raises(Broken):
        whole(asked(connection))


def test_headers_are_found_however_they_are_written_and_several_are_joined() -> None:
    with connected(OK + b'ETag: "1"\r\nX-A:1\r\nx-a:  2\r\nContent-Length: 0\r\n\r\n') as (connection, _):
        headers = asked(connection).headers
    assert (headers.get("etag"), headers.get("ETag"), headers.get("X-A"), headers.get("y")) == (
        '"1"',
        '"1"',
        "1, 2",
        None,
    )


def test_a_request_says_how_long_its_body_is_and_no_header_ends_its_line() -> None:
    response = OK + b"Content-Length: 0\r\n\r\n"
    with connected(*[response] * 4, ends=False) as (connection, received):
        whole(asked(connection, target='/a?b="é'))
        whole(asked(connection, "POST", body=b"{}"))
        whole(asked(connection, "PUT"))
        with tempfile.TemporaryFile() as file:
            file.write(b"file")
            whole(connection.ask("PUT", "/", {}, Spooled(file, 4, b""), send_seconds=1, read_seconds=2))
        assert received[0].startswith(b'GET /a?b="%C3%A9 HTTP/1.1\r\n') and b"\r\nHost: x\r\n" in received[0]
        assert b"\r\nContent-Length: 2\r\n" in received[1] and received[1].endswith(b"\r\n\r\n{}")
        assert b"\r\nContent-Length: 0\r\n" in received[2]
        assert b"\r\nContent-Length: 4\r\n" in received[3] and received[3].endswith(b"\r\n\r\nfile")
        with pytest.raises(ValueError, match="Invalid header value"):
            connection.ask("GET", "/", {"X": "a\r\nY: b"}, b"", send_seconds=1, read_seconds=2)


def test_a_response_that_closes_is_its_connections_last() -> None:
    with connected(OK + b"Connection: close\r\nContent-Length: 1\r\n\r\na") as (connection, _):
        response = asked(connection)
        assert whole(response) == b"a" and not response.end().is_fresh()


def test_a_connection_that_the_service_ended_is_not_written_to() -> None:
    served: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                other, _ = listener.accept()
            except OSError:
                return
            served.append(other.recv(65536))
            other.sendall(OK + b"Content-Length: 0\r\n\r\n")
            other.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        upstream = Upstream("x", f"http://127.0.0.1:{listener.getsockname()[1]}")
        for _ in range(5):
            assert upstream.send("POST", "/", {}, b"{}").status == 200
            threading.Event().wait(0.05)  # the end arrives
    assert len(served) == 5


def test_a_response_that_comes_before_the_body_was_taken_is_passed_on() -> None:
    def serve(listener: socket.socket) -> None:
        other, _ = listener.accept()
        other.recv(65536)
        other.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        other.shutdown(socket.SHUT_WR)
        while other.recv(1 << 20):
            pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        upstream = Upstream("x", f"http://127.0.0.1:{listener.getsockname()[1]}")
        response = upstream.send("POST", "/", {}, b"x" * 5_000_000)
        assert (response.status, response.body) == (413, b"{}")


def test_who_takes_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.edge.upstream.CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        upstream = Upstream("x", f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(Unavailable):
            upstream.send("POST", "/", {}, b"x" * 20_000_000)


def test_so_many_connections_wait_and_those_to_a_replica_that_is_gone_are_closed() -> None:
    class Kept:
        closed = False

        def close(self) -> None:
            self.closed = True

        def is_fresh(self) -> bool:
            return True

    idle, kept = IdleConnections(), [Kept() for _ in range(EACH_MAX + 1)]
    put: Callable[[str, object], None] = idle.put  # type: ignore[assignment]  # a double of a connection
    idle.use(["a", "b"])
    for connection in kept:
        put("a", connection)
    assert [connection.closed for connection in kept] == [False] * EACH_MAX + [True]
    assert idle.take("a") is kept[EACH_MAX - 1] and idle.take("b") is None
    idle.use(["b"])
    assert idle.addresses() == ["b"] and idle.take("a") is None and kept[0].closed
    put("a", kept[EACH_MAX - 1])
    assert kept[EACH_MAX - 1].closed


def test_where_nobody_listens_nothing_was_sent() -> None:
    with pytest.raises(NotConnected):
        Connection("127.0.0.1", 1, 1)
