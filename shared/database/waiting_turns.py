"""Who may wait for an event: few at once in a process, and none for long, so that its other threads go on answering.

A request that waits holds a thread and a connection. Anybody can make up ids so young that they must be waited for. So
no account has all the places, nor all the time of its organization: colleagues and other practices go on waiting.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cachetools import LRUCache

from shared import clock

AT_ONCE_MAX: Final = 3
OF_ONE_ACCOUNT_MAX: Final = 2  # what a page asks at once after something was made
SECONDS_A_MINUTE: Final = 10.0  # of one account; twice as much of all accounts of an organization
LEAST_SECONDS: Final = 0.5  # a shorter wait helps nobody
BUDGETS_MAX: Final = 20_000

Account = tuple[UUID | None, UUID | None]  # organization, and who asks; None: all of it


class NoTurn(Exception):
    """So many are waiting in this process already, or so many of this account."""


class BudgetSpent(NoTurn):
    """The account's own requests, or its organization's, have waited so long within the last minute."""


@dataclass(slots=True)
class _Budget:
    """Seconds of waiting that an account or an organization has left, refilled evenly."""

    left: float
    at: float  # monotonic seconds


class WaitingTurns:
    """The turns of one process. Thread-safe. Forgets who has not waited for longest."""

    def __init__(self, at_once: int = AT_ONCE_MAX, seconds_a_minute: float = SECONDS_A_MINUTE) -> None:
        self._at_once = at_once
        self._seconds_a_minute = seconds_a_minute
        self._waiting: Counter[Account] = Counter()
        self._budgets: LRUCache[Account, _Budget] = LRUCache(BUDGETS_MAX)
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, organization_id: UUID | None, account_id: UUID | None = None) -> Iterator[float]:
        """A turn to wait; gives the seconds that are left. Raises `NoTurn`, `BudgetSpent` at once.

        `account_id`: who asks; None where no person or program asks.
        """
        account = (organization_id, account_id)
        budgets = self._begin(account)
        started = clock.monotonic()
        try:
            yield min(budget.left for budget in budgets)
        finally:
            with self._lock:
                self._waiting -= Counter([account])
                for budget in budgets:
                    budget.left = max(0.0, budget.left - (clock.monotonic() - started))

    def _begin(self, account: Account) -> list[_Budget]:
        """Take a place for an account; returns what the wait is taken from."""
        with self._lock:
            budgets = [self._budget(account, self._seconds_a_minute)]
            if account[1] is not None:
                budgets.append(self._budget((account[0], None), 2 * self._seconds_a_minute))
            if any(budget.left < LEAST_SECONDS for budget in budgets):
                raise BudgetSpent()
            if self._waiting[account] >= OF_ONE_ACCOUNT_MAX or self._waiting.total() >= self._at_once:
                raise NoTurn()
            self._waiting[account] += 1
            return budgets

    def _budget(self, whose: Account, seconds_a_minute: float) -> _Budget:
        now = clock.monotonic()
        budget = self._budgets.get(whose) or _Budget(seconds_a_minute, now)
        self._budgets[whose] = budget
        budget.left = min(seconds_a_minute, budget.left + (now - budget.at) * seconds_a_minute / 60)
        budget.at = now
        return budget
