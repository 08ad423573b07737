"""Waits grow, differ and end: after one failure, after a day of failures, and when the process is told to stop."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.back_off import BackOff, seconds_before_retry
from shared.messaging.dead_letter_store import DeadLetterDrain
from shared.messaging.receipts import Receipts
from shared.messaging.relay import Relay
from shared.messaging.transport import BusUnavailable

SECONDS = st.floats(0.001, 100)
FAILURES = st.integers(1, 1_000_000)


@given(FAILURES, SECONDS, SECONDS)
def test_a_wait_lies_between_half_and_all_of_what_the_failures_make(failures: int, first: float, more: float) -> None:
    longest = first + more
    whole = longest if failures > 60 else min(longest, first * 2 ** (failures - 1))
    assert whole / 2 <= seconds_before_retry(failures, first, longest) <= whole


@given(FAILURES, SECONDS, SECONDS)
def test_the_next_failure_never_makes_the_longest_wait_shorter(failures: int, first: float, more: float) -> None:
    def longest_wait(failures: int) -> float:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(random, "uniform", lambda _low, high: high)
            return seconds_before_retry(failures, first, first + more)

    assert first <= longest_wait(failures) <= longest_wait(failures + 1) <= first + more


def test_two_processes_do_not_come_back_together() -> None:
    assert len({seconds_before_retry(3, 0.2, 5.0) for _ in range(100)}) > 90


@given(st.lists(st.booleans(), max_size=50))
def test_only_failures_in_a_row_count(outcomes: list[bool]) -> None:
    back_off, in_a_row = BackOff(1.0, 64.0), 0
    for worked in outcomes:
        if worked:
            back_off.succeeded()
            in_a_row = 0
        else:
            in_a_row += 1
            whole = min(64.0, 2.0 ** (in_a_row - 1))
            assert whole / 2 <= back_off.failed() <= whole
        assert back_off.failures == in_a_row


class NoBus:
    """A bus that cannot be reached."""

    def __getattr__(self, _name: str) -> Any:
        raise BusUnavailable("nobody is there")


NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    "part",
    [
        Relay("t", NOWHERE, NoBus(), None, 60),  # type: ignore[arg-type]  # all fails at the bus
        Receipts("t", NOWHERE, NoBus(), None),  # type: ignore[arg-type]  # all fails at the bus
        DeadLetterDrain("t", None, NoBus(), None),  # type: ignore[arg-type]  # all fails at the bus
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_part_that_waits_for_the_bus_ends_at_once_when_told_to(part: Any) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=part.run, args=(stop,), daemon=True)
    thread.start()
    time.sleep(1.2)  # by now a wait lasts about a second
    began = time.monotonic()
    stop.set()
    thread.join(5)
    assert not thread.is_alive() and time.monotonic() - began < 0.3
