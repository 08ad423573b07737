"""How long to wait before something that failed is done again: longer after each failure in a row, up to a limit.

Processes that lose the same broker or database at the same moment must not all come back at the same moment, so up to
half of each wait is left to chance.
"""

from __future__ import annotations

import random
from typing import Final

DOUBLINGS_MAX: Final = 30  # every `longest_seconds` is reached before; more would only overflow


def seconds_before_retry(failures: int, first_seconds: float, longest_seconds: float) -> float:
    """Seconds to wait after so many failures in a row (1 after the first).

    `first_seconds` doubled for each failure after the first, at most `longest_seconds`; of this a random half to all.
    """
    doubled = first_seconds * 2.0 ** min(max(failures - 1, 0), DOUBLINGS_MAX)
    whole = min(longest_seconds, doubled)
    return random.uniform(whole / 2, whole)


class BackOff:
    """The failures in a row of one loop, owned by one thread. Wait with `stop.wait(…)`: a stop ends the wait."""

    def __init__(self, first_seconds: float, longest_seconds: float) -> None:
        self._first_seconds, self._longest_seconds = first_seconds, longest_seconds
        self.failures = 0

    def failed(self) -> float:
        """Count a failure; returns the seconds to wait now."""
        self.failures += 1
        return seconds_before_retry(self.failures, self._first_seconds, self._longest_seconds)

    def succeeded(self) -> None:
        """It worked: the next failure counts as the first."""
        self.failures = 0
