"""Wait for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEP_SECONDS = (0.02, 0.2)  # between two looks at first, and at most: looking costs, and the stack has to work too
STEP_OF_WHAT_PASSED = 0.1


def wait_until(look: Callable[[], T], seconds: float = 10, what: str = "the expected state") -> T:
    """The first truthy value of `look`; raises `AssertionError` when there is none within `seconds`."""
    began = time.monotonic()
    while True:
        if value := look():
            return value
        passed = time.monotonic() - began
        if passed > seconds:
            raise AssertionError(f"{what} did not come within {seconds} s")
        time.sleep(min(max(passed * STEP_OF_WHAT_PASSED, STEP_SECONDS[0]), STEP_SECONDS[1]))
