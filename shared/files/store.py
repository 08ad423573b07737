"""Where the sealed bytes of files lie. A store knows ids and bytes: no name, no type, no key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from shared.errors import Unavailable

PIECE_BYTES: Final = 256 * 1024


class StoreAway(Unavailable):
    """The store does not answer, or has no room left."""

    detail = "The store of files is not reachable just now. Try again shortly."


class Missing(Exception):
    """Nothing lies there."""


class Store(Protocol):
    """What a store can do. `place` is `<id>/<id>`. Every method may raise `StoreAway`."""

    def put(self, place: str, pieces: Iterable[bytes]) -> None:
        """Keep the pieces, all of them or none; when this returns they outlive a crash."""

    def get(self, place: str) -> Iterator[bytes]:
        """What lies there, in pieces. Raises `Missing`."""

    def remove(self, place: str) -> None:
        """Take away what lies there, whole or half; nothing may be there already."""
