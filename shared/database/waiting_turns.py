"""Who may wait for an event: few at once in a process, and none for long, so that its other threads go on answering.

A request that waits holds a thread and a connection. Anybody can make up ids so young that they must be waited for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cachetools import LRUCache

from shared import clock

AT_ONCE_MAX: Final = 2
SECONDS_A_MINUTE: Final = 10.0
LEAST_SECONDS: Final = 0.5  # a shorter wait helps nobody
ORGANIZATIONS_MAX: Final = 10_000


class NoTurn(Exception):
    """So many are waiting in this process already."""


class BudgetSpent(NoTurn):
    """The organization's own requests have waited so long within the last minute."""


@dataclass(slots=True)
class _Budget:
    """Seconds of waiting that an organization has left, refilled evenly."""

    left: float
    at: float  # monotonic seconds


class WaitingTurns:
    """The turns of one process. Thread-safe. Forgets the organizations that have not waited for longest."""

    def __init__(self, at_once: int = AT_ONCE_MAX, seconds_a_minute: float = SECONDS_A_MINUTE) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._seconds_a_minute = seconds_a_minute
        self._budgets: LRUCache[UUID | None, _Budget] = LRUCache(ORGANIZATIONS_MAX)
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, organization_id: UUID | None) -> Iterator[float]:
        """A turn to wait; gives the seconds that the organization has left. Raises `NoTurn`, `BudgetSpent` at once."""
        budget = self._begin(organization_id)
        started = clock.monotonic()
        try:
            if not self._free.acquire(blocking=False):
                raise NoTurn()
            try:
                yield budget.left
            finally:
                self._free.release()
        finally:
            with self._lock:
                budget.left = max(0.0, budget.left - (clock.monotonic() - started))

    def _begin(self, organization_id: UUID | None) -> _Budget:
        with self._lock:
            now = clock.monotonic()
            budget = self._budgets.get(organization_id) or _Budget(self._seconds_a_minute, now)
            self._budgets[organization_id] = budget
            budget.left = min(self._seconds_a_minute, budget.left + (now - budget.at) * self._seconds_a_minute / 60)
            budget.at = now
            if budget.left < LEAST_SECONDS:
                raise BudgetSpent()
            return budget
