"""Connections when the process stops, and bodies that come late or not at all."""

from __future__ import annotations

import io
import socket
import time
from types import SimpleNamespace

import gevent
import pytest
from gunicorn.http.errors import InvalidChunkSize

from gateway import server
from gateway.connections import Connections
from gateway.edge import bodies
from gateway.edge.bodies import Body
from shared.errors import TooLarge, TooSlow, Unparsable, UnsupportedMedia


def test_only_idle_connections_are_told_that_nothing_more_comes() -> None:
    connections = Connections()
    pairs = [socket.socketpair() for _ in range(3)]
    idle, busy, closed = (ours for ours, _ in pairs)
    for connection in (idle, busy, closed):
        connections.begin({"gunicorn.socket": connection})
        connections.end({"gunicorn.socket": connection})
    connections.begin({"gunicorn.socket": busy})
    pairs[0][1].sendall(b"a request that has arrived")
    closed.close()
    connections.forget_closed()
    connections.end_idle()
    assert idle.recv(100) == b"a request that has arrived" and idle.recv(100) == b""
    busy.setblocking(False)
    with pytest.raises(BlockingIOError):
        busy.recv(1)
    idle.sendall(b"an answer")
    assert pairs[0][1].recv(100) == b"an answer"
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


@pytest.mark.parametrize(
    ("headers", "closes"),
    [
        ([("HOST", "x")], False),
        ([("CONTENT-LENGTH", str(server.BODY_BYTES_KEPT))], False),
        ([("CONTENT-LENGTH", str(server.BODY_BYTES_KEPT + 1))], True),
        ([("TRANSFER-ENCODING", "chunked")], True),
    ],
)
def test_a_connection_ends_after_a_body_that_may_be_refused_while_it_comes(
    headers: list[tuple[str, str]], closes: bool
) -> None:
    closed: list[bool] = []
    server.pre_request(None, SimpleNamespace(headers=headers, force_close=lambda: closed.append(True)))
    assert bool(closed) == closes


def test_a_body_is_read_within_its_size() -> None:
    assert Body(io.BytesIO(b"12345"), 5).read(5) == b"12345"
    assert Body(io.BytesIO(b"12345"), None, chunked=True).read(5) == b"12345"
    assert Body(io.BytesIO(b""), None).read_announced(5) == b""
    for refused in (Body(io.BytesIO(b"123456"), 6), Body(io.BytesIO(b"123456"), None, chunked=True)):
        with pytest.raises(TooLarge):
            refused.read(5)
    with pytest.raises(UnsupportedMedia):
        Body(io.BytesIO(b"x"), 1, encoded=True).read(5)
    with pytest.raises(Unparsable):
        Body(io.BytesIO(b"x"), None, chunked=True).read_announced(5)


def test_a_body_with_a_file_is_spooled_within_its_size() -> None:
    with Body(io.BytesIO(b"12345"), 5).spooled(5) as content:
        assert (content.file.read(), content.size) == (b"12345", 5)
    for refused in (Body(io.BytesIO(b"123456"), 6), Body(io.BytesIO(b"123456"), None, chunked=True)):
        with pytest.raises(TooLarge), refused.spooled(5):
            pass
    with pytest.raises(UnsupportedMedia), Body(io.BytesIO(b"x"), 1, encoded=True).spooled(5):
        pass


class Reset:
    """A body whose sender hangs up."""

    def read(self, _size: int = -1) -> bytes:
        raise ConnectionResetError


class NoChunks:
    """A body that says that it comes in chunks, and does not."""

    def read(self, _size: int = -1) -> bytes:
        raise InvalidChunkSize(b"-5")


def test_a_body_that_breaks_off_is_no_body() -> None:
    bodies = (Body(io.BytesIO(b"half"), 8), Body(Reset(), None, chunked=True), Body(NoChunks(), None, chunked=True))
    for body in bodies:
        with pytest.raises(Unparsable):
            body.read(100)
        with pytest.raises(Unparsable), body.spooled(100):
            pass
        body.drain()


class Dripping:
    """A body of which a byte comes now and then, without end."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        gathered = b""
        while len(gathered) < size:
            gevent.sleep(0.01)  # slow, as the sender it plays
            self.taken += 1
            gathered += b"x"
        return gathered


def test_a_body_that_drips_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "ARRIVE_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "UPLOAD_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.2)
    with pytest.raises(TooSlow), Body(Dripping(), 1000).spooled(1000):
        pass
    body = Body(Dripping(), 1000)
    started = time.monotonic()
    with pytest.raises(TooSlow):
        body.read(1000)
    body.drain()
    assert 0.3 < time.monotonic() - started < 5
    body.drain()  # a second time there is nothing left to wait for
    assert time.monotonic() - started < 5


def test_the_rest_of_a_refused_body_is_taken_in_and_no_more() -> None:
    stream = io.BytesIO(b"x" * (bodies.DRAIN_BYTES_MAX + 10))
    Body(stream, bodies.DRAIN_BYTES_MAX + 10).drain()
    assert stream.tell() == bodies.DRAIN_BYTES_MAX
    unread = io.BytesIO(b"of the next request")
    Body(unread, None).drain()
    assert unread.tell() == 0
