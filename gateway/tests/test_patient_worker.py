"""When a request has arrived."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.patient_worker import (
    BODY_BYTES_GATHERED_MAX,
    HEAD_BYTES_MAX,
    PatientWorker,
    is_endless,
    missing_bytes,
    must_be_waited_for,
)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_it_lacks_exactly_what_has_not_come(body: bytes, came: int) -> None:
    head = f"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    whole = head + body
    missing = missing_bytes(whole[:came])
    if came >= len(head):
        assert missing == max(0, len(whole) - came)
    else:
        assert missing == 1


def test_what_can_not_be_waited_for_is_handed_on() -> None:
    assert missing_bytes(b"") == 1
    assert missing_bytes(b"x" * (HEAD_BYTES_MAX + 1)) == 0
    head = "POST /x HTTP/1.1\r\n{}\r\n\r\n"
    for line in (
        f"Content-Length: {BODY_BYTES_GATHERED_MAX + 1}",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: chunked",
    ):
        assert missing_bytes(head.format(line).encode()) == 0, line
    assert missing_bytes(head.format("content-length:\t5 ").encode()) == 5


def test_a_head_without_end_is_told_from_one_that_is_long() -> None:
    assert not is_endless(b"x" * HEAD_BYTES_MAX)
    assert is_endless(b"x" * (HEAD_BYTES_MAX + 1))
    assert not is_endless(b"GET / HTTP/1.1\r\n\r\n" + b"x" * HEAD_BYTES_MAX)


def test_what_a_thread_has_to_wait_for() -> None:
    assert not must_be_waited_for([("HOST", "x")])
    assert not must_be_waited_for([("CONTENT-LENGTH", str(BODY_BYTES_GATHERED_MAX))])
    assert must_be_waited_for([("CONTENT-LENGTH", str(BODY_BYTES_GATHERED_MAX + 1))])
    assert must_be_waited_for([("TRANSFER-ENCODING", "chunked")])


class Connection:
    """A connection as gunicorn's poller hands it on."""

    parser = None

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def close(self, graceful: bool = False) -> None:
        raise AssertionError("closed a second time: gunicorn would count it off twice")


@pytest.mark.parametrize(("sent", "answered"), [(b"x" * (HEAD_BYTES_MAX + 1), b"HTTP/1.1 431 "), (b"", b"")])
def test_what_will_never_be_a_request_takes_no_thread_and_is_closed_once(sent: bytes, answered: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        connection = Connection(ours)
        assert PatientWorker.__new__(PatientWorker).handle(connection) is False
        connection.close(graceful=True)
        assert theirs.recv(100).startswith(answered)
