"""HTTP to one service: pooled connections to all of its replicas, no cookies, no environment, bounded in time and size.

Names are resolved anew every few seconds and connections are not kept longer than that, so a replica that was added
gets its share soon, and one that was taken away is left alone.
"""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit

from gateway.edge.breaker import Breaker
from gateway.edge.exchange import Broken, Connection, NotConnected, Response
from gateway.edge.idle_connections import IdleConnections
from shared import clock, logs
from shared.errors import Unavailable
from shared.web.spool import Content

CONNECT_SECONDS: Final = 1.0
READ_SECONDS: Final = 10.0
RESOLVE_SECONDS: Final = 5.0
WHOLE_BYTES_MAX: Final = 4 * 1024 * 1024
AT_ONCE_MAX: Final = 20
SLOT_WAIT_SECONDS: Final = 0.25
STREAM_SECONDS_MAX: Final = 600.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UpstreamResponse:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BulkheadFull(Unavailable):
    """The gateway has as many requests under way to this service as it allows. The service itself may be well."""

    code = "busy"
    detail = "Too much is under way just now. Try again shortly."


class TooLong(Exception):
    """A service's answer is longer, or takes longer, than it may. Asking again would not help."""


class Pieces:
    """The body of a long answer as it comes. Close it in the end: until then it holds one of the service's slots."""

    def __init__(self, begun: list[bytes], response: Response, release: Callable[[], None]) -> None:
        """`begun` is what has been read of it already."""
        self._begun = begun
        self._response = response
        self._release = release
        self._deadline = clock.monotonic() + STREAM_SECONDS_MAX

    def __iter__(self) -> Iterator[bytes]:
        yield from self._begun
        # An answer that breaks off raises: the server then breaks the connection off too, and nobody takes a part for
        # the whole.
        while chunk := self._response.read():
            yield chunk
            if clock.monotonic() > self._deadline:
                raise TooLong("the answer takes too long")

    def close(self) -> None:
        """Give back the slot and the connection."""
        try:
            self._response.close()
        finally:
            self._release()


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """An answer that is longer than the gateway holds, or takes longer than it waits."""

    status: int
    headers: Mapping[str, str]
    pieces: Pieces


class Upstream:
    """One service behind a base address."""

    def __init__(self, name: str, base_url: str, at_once: int = AT_ONCE_MAX) -> None:
        parts = urlsplit(base_url)
        if parts.hostname is None:
            raise ValueError(f"{name}: {base_url} is not an address")
        self.name = name
        self._host, self._port = parts.hostname, parts.port or 80
        self._breaker = Breaker()
        # Bulkhead: at most `at_once` requests wait for one service, so one that hangs cannot stop the others.
        self._slots = threading.BoundedSemaphore(at_once)
        # An answer that streams goes at its reader's pace: of these there are fewer.
        self._streams = threading.BoundedSemaphore(max(1, at_once // 4))
        self._lock = threading.Lock()
        self._resolved_at = float("-inf")
        self._connections = IdleConnections()
        self._turn = itertools.count()

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Content,
        *,
        read_seconds: float = READ_SECONDS,
    ) -> UpstreamResponse:
        """The service's whole answer.

        Raises `Unavailable` when there is none, `BulkheadFull` when no slot is free in time.
        The answer has to begin within `read_seconds`, end within twice that, and be no longer than `WHOLE_BYTES_MAX`.
        Tried again elsewhere only when no byte can have reached the service, or for a GET on a connection that turned
        out to be dead: a write is never sent twice.
        """
        self._enter()
        try:
            return self._tried(method, lambda: self._whole(method, target, headers, body, read_seconds))
        finally:
            self._slots.release()

    def get(
        self, target: str, headers: Mapping[str, str], *, read_seconds: float = READ_SECONDS, streams: bool = False
    ) -> UpstreamResponse | StreamedResponse:
        """The answer to a GET. The service's slot is free again when the answer has been read whole.

        A good answer longer than `WHOLE_BYTES_MAX` is passed on piece by piece; close its `pieces`. Between two of
        them at most `read_seconds` pass. A quarter of the service's slots may be held so; then `BulkheadFull`.
        `streams`: the service may go on answering after `read_seconds`.
        Raises as `send`.
        """
        self._enter()
        try:
            response = self._tried("GET", lambda: self._begun(target, headers, read_seconds, streams))
        except BaseException:
            self._slots.release()
            raise
        if isinstance(response, UpstreamResponse):
            self._slots.release()
        return response

    def _enter(self) -> None:
        self._breaker.enter()
        if not self._slots.acquire(timeout=SLOT_WAIT_SECONDS):
            self._breaker.left()
            logs.get().warning("upstream_full", upstream=self.name)
            raise BulkheadFull()

    def _tried(self, method: str, send: Callable[[], T]) -> T:
        for attempt in (1, 2):
            try:
                response = send()
            except (Broken, TooLong, OSError) as error:
                if attempt == 1 and _may_repeat(method, error):
                    self._forget()
                    continue
                self._breaker.failed()
                self._forget()
                logs.get().warning("upstream_failed", upstream=self.name, error=type(error).__qualname__)
                raise Unavailable(retry_after_seconds=1) from error
            except BulkheadFull:
                self._breaker.left()
                raise
            except BaseException:
                self._breaker.failed()
                raise
            self._breaker.succeeded()
            return response
        raise AssertionError("unreachable")

    def ready(self) -> bool:
        """Whether a replica says that it can serve."""
        try:
            return self.send("GET", "/readyz", {}, b"", read_seconds=2.0).status == 200
        except Unavailable:
            return False

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: Content, read_seconds: float
    ) -> tuple[str, Response]:
        """The address that was asked, and its answer as it begins."""
        address = self._address()
        connection = self._connections.take(address) or Connection(address, self._port, CONNECT_SECONDS)
        try:
            return address, connection.ask(
                method,
                target,
                {"Host": f"{self._host}:{self._port}", **headers},
                body,
                send_seconds=CONNECT_SECONDS,
                read_seconds=read_seconds,
            )
        except BaseException:
            connection.close()
            raise

    def _whole(
        self, method: str, target: str, headers: Mapping[str, str], body: Content, read_seconds: float
    ) -> UpstreamResponse:
        deadline = clock.monotonic() + read_seconds
        address, response = self._ask(method, target, headers, body, read_seconds)
        chunks, ended = _read(response, deadline)
        if not ended:
            response.close()
            raise TooLong("the answer is too long or too slow")
        self._connections.put(address, response.end())
        return UpstreamResponse(response.status, response.headers, b"".join(chunks))

    def _begun(
        self, target: str, headers: Mapping[str, str], read_seconds: float, streams: bool
    ) -> UpstreamResponse | StreamedResponse:
        """The answer as a whole, or as it begins where it is a long one."""
        deadline = clock.monotonic() + read_seconds
        address, response = self._ask("GET", target, headers, b"", read_seconds)
        chunks, ended = _read(response, deadline)
        if ended:
            self._connections.put(address, response.end())
            return UpstreamResponse(response.status, response.headers, b"".join(chunks))
        in_time = streams or clock.monotonic() <= deadline
        if response.status != 200 or not in_time:
            response.close()
            raise TooLong("the answer is too long or too slow")
        if not self._streams.acquire(blocking=False):
            response.close()
            raise BulkheadFull()
        return StreamedResponse(response.status, response.headers, Pieces(chunks, response, self._leave_stream))

    def _leave_stream(self) -> None:
        self._streams.release()
        self._slots.release()

    def _address(self) -> str:
        """The next replica, in turn. One request looks the name up; the others go on with what is known."""
        with self._lock:
            due = clock.monotonic() - self._resolved_at > RESOLVE_SECONDS
            if due:
                self._resolved_at = clock.monotonic()
        if due or not self._connections.addresses():
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self._connections.use(sorted({str(info[4][0]) for info in found}))
        addresses = self._connections.addresses()
        return addresses[next(self._turn) % len(addresses)]

    def _forget(self) -> None:
        """Resolve again at the next request: the address may have moved."""
        with self._lock:
            self._resolved_at = float("-inf")


def _read(response: Response, deadline: float) -> tuple[list[bytes], bool]:
    """The body up to `WHOLE_BYTES_MAX` or the deadline, and whether that is all of it; closes what breaks off."""
    chunks, size = [], 0
    try:
        # What has arrived, at once. A service that drips must not hold a slot for ever.
        while chunk := response.read():
            chunks.append(chunk)
            size += len(chunk)
            if size > WHOLE_BYTES_MAX or clock.monotonic() > deadline:
                return chunks, False
    except BaseException:
        response.close()
        raise
    return chunks, True


def _may_repeat(method: str, error: BaseException) -> bool:
    if isinstance(error, NotConnected):
        return True
    return method == "GET" and isinstance(error, Broken)
