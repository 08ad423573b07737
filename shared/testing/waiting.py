"""Wait for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEP_SECONDS = 0.02


def wait_until(look: Callable[[], T], seconds: float = 10, what: str = "the expected state") -> T:
    """The first truthy value of `look`; raises `AssertionError` when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if value := look():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds} s")
        time.sleep(STEP_SECONDS)
