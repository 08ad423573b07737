"""The running stack of each kind of bus, and a practice on it."""

from __future__ import annotations

import pytest

from embedded.stack import Stack
from tests.practice import Practice


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def stack(request: pytest.FixtureRequest) -> Stack:
    """Each kind of bus in turn."""
    found: Stack = request.getfixturevalue(f"{request.param}_stack")
    return found


@pytest.fixture
def practice(stack: Stack) -> Practice:
    """A fresh practice."""
    return Practice(stack.url)


@pytest.fixture
def embedded_practice(embedded_stack: Stack) -> Practice:
    """The same, for what does not depend on the bus."""
    return Practice(embedded_stack.url)
