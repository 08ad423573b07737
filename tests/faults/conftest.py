"""A stack for the fault tests alone, since they break it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice import Practice
from tests.running import TestStack, running_stack


@pytest.fixture(scope="package")
def stack() -> Iterator[TestStack]:
    """The embedded stack with a short settle age."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="package")
def practice(stack: TestStack) -> Practice:
    """A practice with staff."""
    made = Practice(stack.url)
    made.add_everyone()
    return made
