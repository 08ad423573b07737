"""Gunicorn's threaded worker for a door that faces strangers: a thread is given only to a request that has arrived.

The stock worker hands a connection to a thread as soon as it is accepted, and the thread then waits for each byte, so
as many slow senders as there are threads stop everybody. Here the event loop's side waits: what has come so far is
taken without blocking, and a connection whose request is not complete goes back to the poller. Complete means the head
and, where its length is told and small, the body. Larger bodies are read by a thread, but only for people who are
signed in, of whom each may hold a few (`AT_ONCE_PER_ACCOUNT`).
"""

from __future__ import annotations

import re
import socket
import struct
from typing import Any, Final

from gunicorn.workers import gthread
from gunicorn.workers.gthread import ThreadWorker

from shared import clock

HEAD_BYTES_MAX: Final = 32 * 1024
BODY_BYTES_GATHERED_MAX: Final = 256 * 1024
ARRIVE_SECONDS_MAX: Final = 20.0  # from the first byte to the last one gathered
SILENCE_SECONDS_MAX: Final = 5  # between two pieces of a body that a thread reads
UNREAD_BODY_SECONDS_MAX: Final = 0.2  # how long to take in what a refused request still sends

_END_OF_HEAD: Final = b"\r\n\r\n"
_TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?=\r\n)", re.IGNORECASE)


def missing_bytes(gathered: bytes | bytearray) -> int:
    """How many bytes a request still lacks before a thread should see it; at least 1 while its head is incomplete.

    0 also for what can never become a request: the parser says what is wrong with it.
    """
    end = gathered.find(_END_OF_HEAD)
    if end < 0:
        return 0 if len(gathered) > HEAD_BYTES_MAX else 1
    lengths = _LENGTH.findall(gathered[: end + 2])
    if len(lengths) != 1 or int(lengths[0]) > BODY_BYTES_GATHERED_MAX:
        return 0
    return max(0, end + len(_END_OF_HEAD) + int(lengths[0]) - len(gathered))


def is_endless(gathered: bytes | bytearray) -> bool:
    """Whether a head is longer than any may be, and still has no end: the parser would wait for it in a thread."""
    return len(gathered) > HEAD_BYTES_MAX and _END_OF_HEAD not in gathered


def must_be_waited_for(headers: list[tuple[str, str]]) -> bool:
    """Whether a thread has to read the body of a request with these headers, names in capitals, from the connection."""
    told = dict(headers)
    return "TRANSFER-ENCODING" in told or int(told.get("CONTENT-LENGTH", 0)) > BODY_BYTES_GATHERED_MAX


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """`--worker-class gateway.patient_worker.PatientWorker`."""

    def init_process(self) -> None:
        """As the stock worker, with less patience for what nobody will read."""
        gthread.DEFAULT_WORKER_DATA_TIMEOUT = UNREAD_BODY_SECONDS_MAX
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """A request that has arrived is handled; any other connection goes back to the poller, or away."""
        try:
            arrived = self._gather(conn)
        except OSError:
            arrived = False
        if arrived is None:
            return gthread._DEFER
        kept = arrived and super().handle(conn)
        if not kept:
            _close(conn.sock)
            conn.close = _closed_already  # the stock worker would fail at it, and count the connection off twice
        return kept

    def finish_request(self, conn: Any, fs: Any) -> None:
        """As the stock worker; what has not arrived has as long as a request may take, and not as a kept connection."""
        super().finish_request(conn, fs)
        if self.pending_conns and self.pending_conns[-1] is conn:
            conn.timeout = clock.monotonic() + ARRIVE_SECONDS_MAX

    def handle_request(self, req: Any, conn: Any) -> Any:
        """As the stock worker; after a body that was not here yet, which may be refused unread, the connection ends.

        Said in the answer itself: a connection that only breaks would fail its next request.
        """
        if must_be_waited_for(req.headers):
            req.force_close()
        return super().handle_request(req, conn)

    def _gather(self, conn: Any) -> bool | None:
        """Take what is there: True when a thread may go on, None when more must come, False when nothing will."""
        gathered: bytearray = getattr(conn, "gathered", None) or bytearray()
        if conn.parser is not None:
            gathered += conn.parser.unreader.take_buffered()
        conn.sock.setblocking(False)
        ended = False
        try:
            while missing_bytes(gathered) and not ended:
                piece = conn.sock.recv(64 * 1024)
                ended = not piece
                gathered += piece
        except BlockingIOError:
            pass
        if is_endless(gathered):
            conn.sock.send(_TOO_LONG)
            return False
        if missing_bytes(gathered):
            now = clock.monotonic()
            if gathered and not getattr(conn, "since", None):
                conn.since = now
            conn.gathered = gathered
            too_late = bool(gathered) and now - conn.since > ARRIVE_SECONDS_MAX
            return False if ended or too_late else None
        conn.gathered, conn.since = None, None
        silence = struct.pack("ll", SILENCE_SECONDS_MAX, 0)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, silence)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, silence)  # who does not read holds no thread
        conn.init()
        conn.parser.unreader.unread(bytes(gathered))
        return True


def _closed_already(graceful: bool = False) -> None:
    """In place of a connection's own `close`."""


def _close(connection: socket.socket) -> None:
    """Close so that the last answer is still read by whoever is in the middle of sending (RFC 9112 section 9.6).

    The stock worker does this in its main thread and waits two seconds for each: a few slow senders stop it.
    """
    try:
        connection.shutdown(socket.SHUT_WR)
        deadline = clock.monotonic() + UNREAD_BODY_SECONDS_MAX
        while (left := deadline - clock.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(64 * 1024):
                break
    except OSError:
        pass
    finally:
        connection.close()
