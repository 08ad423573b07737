"""Connections to the replicas of one service that wait for the next request."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from gateway.edge.exchange import Connection

EACH_MAX: Final = 64


class IdleConnections:
    """By the replicas' addresses, at most `EACH_MAX` each. What is not here any longer is no replica."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[str, list[Connection]] = {}  # the one that was used last is taken first

    def addresses(self) -> list[str]:
        """The replicas, in the order in which they were found."""
        with self._lock:
            return list(self._idle)

    def use(self, addresses: Sequence[str]) -> None:
        """These are the replicas now; connections to others are closed."""
        with self._lock:
            gone = [connection for address in set(self._idle) - set(addresses) for connection in self._idle[address]]
            self._idle = {address: self._idle.get(address, []) for address in addresses}
        for connection in gone:
            connection.close()

    def take(self, address: str) -> Connection | None:
        """One that is still open, if there is any."""
        while True:
            with self._lock:
                idle = self._idle.get(address)
                if not idle:
                    return None
                connection = idle.pop()
            if connection.is_fresh():
                return connection
            connection.close()

    def put(self, address: str, connection: Connection) -> None:
        """Keep it, or close it where there are enough or its replica is gone."""
        with self._lock:
            idle = self._idle.get(address)
            if idle is not None and len(idle) < EACH_MAX:
                idle.append(connection)  # one that the other end closes is found out when it is taken
                return
        connection.close()
