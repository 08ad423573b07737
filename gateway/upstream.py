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

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from gateway.breaker import Breaker
from shared import clock, logs
from shared.errors import Unavailable

CONNECT_SECONDS: Final = 1.0
READ_SECONDS: Final = 10.0
RESOLVE_SECONDS: Final = 5.0
CONNECTIONS_MAX: Final = 64
BODY_BYTES_MAX: Final = 16 * 1024 * 1024
CHUNK_BYTES: Final = 64 * 1024
AT_ONCE_MAX: Final = 20
PLACE_WAIT_SECONDS: Final = 0.25
STREAM_SECONDS_MAX: Final = 600.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UpstreamAnswer:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Full(Unavailable):
    """As many requests as the gateway lets through to this service are under way; of the service it says nothing."""

    code = "busy"
    detail = "Too much is under way just now. Try again shortly."


class TooLong(HTTPError):
    """A service's answer is longer, or takes longer, than it may. Asking again would not help."""


class Pieces:
    """A long answer's body as it comes. Whoever iterates closes it: until then it takes one of the service's places."""

    def __init__(self, response: urllib3.BaseHTTPResponse, release: Callable[[], None]) -> None:
        self._response = response
        self._release = release
        self._deadline = clock.monotonic() + STREAM_SECONDS_MAX

    def __iter__(self) -> Iterator[bytes]:
        # What breaks off raises: the server then breaks the connection off too, and nobody takes a part for the whole.
        while chunk := self._response.read1(CHUNK_BYTES, decode_content=False):
            yield chunk
            if clock.monotonic() > self._deadline:
                raise TooLong("the answer takes too long")

    def close(self) -> None:
        """Give back the place and the connection."""
        self._response.close()
        self._release()


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """What a service answers at length."""

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
        # A service that hangs may hold so many of the gateway's threads and no more: the others' go on.
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._resolved_at = float("-inf")
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._turn = itertools.count()

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        read_seconds: float = READ_SECONDS,
    ) -> UpstreamAnswer:
        """The service's answer; raises `Unavailable` when there is none, `Full` when no place is free in time.

        The answer begins within `read_seconds`; one that drips is cut off after them.
        Tried again elsewhere only when no byte can have reached the service, or for a GET on a connection that
        turned out to be dead: a write is never sent twice.
        """
        self._enter()
        try:
            return self._tried(method, lambda: self._whole(method, target, headers, body, read_seconds))
        finally:
            self._places.release()

    def stream(
        self, target: str, headers: Mapping[str, str], *, read_seconds: float = READ_SECONDS
    ) -> UpstreamAnswer | StreamedAnswer:
        """As above for a GET whose good answer is passed on piece by piece; the caller closes its `pieces`.

        Between two pieces no more than `read_seconds` pass.
        """
        self._enter()
        try:
            begun = self._tried("GET", lambda: self._begun(target, headers, read_seconds))
        except BaseException:
            self._places.release()
            raise
        if isinstance(begun, UpstreamAnswer):
            self._places.release()
            return begun
        return StreamedAnswer(begun.status, begun.headers, Pieces(begun, self._places.release))

    def _enter(self) -> None:
        self._breaker.enter()
        if not self._places.acquire(timeout=PLACE_WAIT_SECONDS):
            self._breaker.left()
            logs.get().warning("upstream_full", upstream=self.name)
            raise Full()

    def _tried(self, method: str, send: Callable[[], T]) -> T:
        for attempt in (1, 2):
            try:
                answer = send()
            except (HTTPError, OSError) as error:
                if attempt == 1 and _may_repeat(method, error):
                    self._forget()
                    continue
                self._breaker.failed()
                self._forget()
                logs.get().warning("upstream_failed", upstream=self.name, error=type(error).__qualname__)
                raise Unavailable(retry_after_seconds=1) from error
            except BaseException:
                self._breaker.failed()
                raise
            self._breaker.succeeded()
            return answer
        raise AssertionError("unreachable")

    def ready(self) -> bool:
        """Whether a replica says that it can serve."""
        try:
            return self.send("GET", "/readyz", {}, b"", read_seconds=2.0).status == 200
        except Unavailable:
            return False

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, read_seconds: float
    ) -> urllib3.BaseHTTPResponse:
        return self._pool().urlopen(
            method,
            target,
            body=body or None,
            headers={**headers, "Host": f"{self._host}:{self._port}"},
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds),
        )

    def _whole(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, read_seconds: float
    ) -> UpstreamAnswer:
        deadline = clock.monotonic() + read_seconds
        return self._read(self._ask(method, target, headers, body, read_seconds), deadline)

    def _begun(
        self, target: str, headers: Mapping[str, str], read_seconds: float
    ) -> UpstreamAnswer | urllib3.BaseHTTPResponse:
        """A good answer as it begins; any other, which is short, as a whole."""
        deadline = clock.monotonic() + read_seconds
        response = self._ask("GET", target, headers, b"", read_seconds)
        return response if response.status == 200 else self._read(response, deadline)

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> UpstreamAnswer:
        chunks, size = [], 0
        try:
            # read1: what has arrived, at once. A service that drips must not hold a thread for ever.
            while chunk := response.read1(CHUNK_BYTES, decode_content=False):
                chunks.append(chunk)
                size += len(chunk)
                if size > BODY_BYTES_MAX or clock.monotonic() > deadline:
                    raise TooLong("the answer is too long or too slow")
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return UpstreamAnswer(response.status, response.headers, b"".join(chunks))

    def _pool(self) -> urllib3.HTTPConnectionPool:
        """The next replica's pool, in turn."""
        with self._lock:
            if clock.monotonic() - self._resolved_at > RESOLVE_SECONDS:
                self._resolve()
            addresses = list(self._pools)
            return self._pools[addresses[next(self._turn) % len(addresses)]]

    def _resolve(self) -> None:
        found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        addresses = sorted({str(info[4][0]) for info in found})
        for gone in set(self._pools) - set(addresses):
            self._pools.pop(gone).close()
        for address in addresses:
            if address not in self._pools:
                self._pools[address] = urllib3.HTTPConnectionPool(
                    address, self._port, maxsize=CONNECTIONS_MAX, block=False
                )
        self._resolved_at = clock.monotonic()

    def _forget(self) -> None:
        """Resolve again at the next request: the address may have moved."""
        with self._lock:
            self._resolved_at = float("-inf")


def _may_repeat(method: str, error: BaseException) -> bool:
    if isinstance(error, NewConnectionError):
        return True
    return method == "GET" and isinstance(error, ProtocolError)
