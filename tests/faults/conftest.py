"""A stack for the fault tests alone, since they break it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.stack import Stack
from tests.practice import Practice
from tests.running import running_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The embedded stack with a short settle age."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="module")
def practice(stack: Stack) -> Practice:
    """A practice with staff."""
    made = Practice(stack.url)
    made.add_everyone()
    return made
