"""A circuit breaker: after several failures in a row an upstream is left alone for a while, and refused fast."""

from __future__ import annotations

import threading
from typing import Final

from shared import clock
from shared.errors import Unavailable

FAILURES_MAX: Final = 5
OPEN_SECONDS: Final = 5.0


class Breaker:
    """One upstream's. Closed: all pass. Open: none. After a while one may try; its outcome decides."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False

    def enter(self) -> None:
        """Before a request; raises `Unavailable` while open."""
        with self._lock:
            if self._opened_at is None:
                return
            left = self._opened_at + OPEN_SECONDS - clock.monotonic()
            if left > 0 or self._trying:
                raise Unavailable(retry_after_seconds=max(1, round(left)))
            self._trying = True

    def succeeded(self) -> None:
        """The upstream answered, whatever it said."""
        with self._lock:
            self._failures, self._opened_at, self._trying = 0, None, False

    def left(self) -> None:
        """The request was not sent after all: nothing was learned about the upstream."""
        with self._lock:
            self._trying = False

    def failed(self) -> None:
        """The upstream could not be reached or broke off."""
        with self._lock:
            self._failures += 1
            if self._trying or self._failures >= FAILURES_MAX:
                self._opened_at = clock.monotonic()
            self._trying = False
