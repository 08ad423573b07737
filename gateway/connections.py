"""The process's connections: how long one may take nothing of its answer, and which lie idle when the process stops."""

from __future__ import annotations

import contextlib
import socket
from typing import Any, Final

UNREAD_SECONDS: Final = 60.0  # a client that has not taken a piece of its answer by then is cut off


class Connections:
    """Kept connections on which no request is under way."""

    def __init__(self) -> None:
        self._idle: set[socket.socket] = set()

    def begin(self, environ: dict[str, Any]) -> None:
        """A request has arrived."""
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            self._idle.discard(connection)
            connection.settimeout(UNREAD_SECONDS)

    def end(self, environ: dict[str, Any]) -> None:
        """Its answer has gone out; the connection may now lie idle."""
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            self._idle.add(connection)

    def forget_closed(self) -> None:
        """Drop what the client or the server closed in the meantime."""
        self._idle = {connection for connection in self._idle if connection.fileno() >= 0}

    def end_idle(self) -> None:
        """Let nothing more come in on the idle ones, so that the server need not wait for them.

        Only their reading half is shut: a request that has just arrived is still answered.
        """
        for connection in self._idle:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)


CONNECTIONS: Final = Connections()
