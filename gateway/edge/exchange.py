"""One request and its response over a connection to a service: `http.client`, with the errors that we tell apart."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

from shared.web.spool import Content, Spooled

CHUNK_BYTES: Final = 64 * 1024

_NOT_IN_A_TARGET: Final = re.compile(r"[^\x21-\x7e]")
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))


class Broken(Exception):
    """The connection broke off, or what came over it is not HTTP."""


class NotConnected(Broken):
    """Nobody listens there: no byte has been sent."""


class Headers(dict[str, str]):
    """Headers of a response by their lower-case names; what came several times is joined by commas."""

    @classmethod
    def of(cls, message: http.client.HTTPMessage) -> Headers:
        """As they were read."""
        made = cls()
        for name, value in message.items():
            key = name.lower()
            made[key] = f"{made[key]}, {value}" if key in made else value
        return made

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # names are texts
        """The value of a header, however its name is written."""
        return super().get(name.lower(), default)


class Connection:
    """A connection to a replica, for one exchange after the other.

    Raises `NotConnected`; later `Broken`, and `TimeoutError` where the other end neither takes nor gives anything.
    """

    def __init__(self, address: str, port: int, connect_seconds: float) -> None:
        self._http = http.client.HTTPConnection(address, port, connect_seconds)
        self._http.auto_open = 0  # a request that cannot be sent fails: whether it may be repeated is decided elsewhere
        try:
            self._http.connect()
        except OSError as error:
            raise NotConnected(type(error).__name__) from error

    def close(self) -> None:
        """Close it, whatever is still to come."""
        self._http.close()

    def is_fresh(self) -> bool:
        """Whether the other end has neither ended the connection nor sent what nobody asked for."""
        if self._http.sock is None:
            return False
        self._http.sock.settimeout(0)
        try:
            self._http.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Content,
        *,
        send_seconds: float,
        read_seconds: float,
    ) -> Response:
        """Send a request; returns its response, of which status and headers have come.

        `send_seconds` each piece may take, and `read_seconds` each wait for more of the response.
        """
        if _NOT_IN_A_TARGET.search(target):
            target = quote(target, safe=_PRINTABLE)
        own = {}
        if isinstance(body, Spooled):
            own["Content-Length"] = str(body.size)  # else it would go in chunks, and the service would not know its end
        with _unbroken():
            self._http.sock.settimeout(send_seconds)
            try:
                content = body.from_start() if isinstance(body, Spooled) else body or None
                self._http.request(method, target, content, {**headers, **own})
            except BrokenPipeError:
                pass  # the response may be there all the same: that to a body that is not taken
            self._http.sock.settimeout(read_seconds)
            return Response(self, self._http.getresponse())


class Response:
    """What a service responds. Read it to its end, or close it: until then its connection has no other request."""

    def __init__(self, connection: Connection, response: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._response = response
        self.status = response.status
        self.headers = Headers.of(response.headers)

    def read(self) -> bytes:
        """What has come of the body, at most `CHUNK_BYTES`, waiting for more than nothing; b"" at its end."""
        with _unbroken():
            piece = self._response.read1(CHUNK_BYTES)
            if not piece and self._response.length:
                raise Broken("cut short")
            return piece

    def close(self) -> None:
        """Give up what is still to come, and the connection."""
        self._response.close()
        self._connection.close()

    def end(self) -> Connection:
        """The connection of a response that was read to its end, for the next request."""
        self._response.close()
        return self._connection


@contextmanager
def _unbroken() -> Iterator[None]:
    """An error of the connection is `Broken`, but for its time that is up."""
    try:
        yield
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise Broken(type(error).__name__) from error
