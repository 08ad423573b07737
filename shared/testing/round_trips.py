"""How often a service waits for PostgreSQL: a figure that no busy machine changes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Final

CHUNK_BYTES: Final = 65_536


class CountingDoor:
    """Passes bytes between one service and PostgreSQL, and counts how often the service waits for an answer."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.round_trips = 0
        self._waiting = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no further connection."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                service, _ = self._listening.accept()
                database = socket.create_connection(self._target)
                for end in (service, database):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(service, database, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(database, service, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                if not asks:
                    self._waiting = False
                elif not self._waiting:
                    self._waiting = True
                    self.round_trips += 1
                target.sendall(chunk)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
