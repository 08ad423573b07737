"""One running stack per kind of bus, for all flows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.stack import Stack
from tests.practice import Practice
from tests.running import running_stack


@pytest.fixture(scope="session")
def embedded_stack() -> Iterator[Stack]:
    """The stack of `make up`."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def rabbitmq_stack(rabbitmq_url: str) -> Iterator[Stack]:
    """The same on RabbitMQ."""
    with running_stack(rabbitmq_url) as stack:
        yield stack


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def stack(request: pytest.FixtureRequest) -> Stack:
    """Each kind of bus in turn."""
    found: Stack = request.getfixturevalue(f"{request.param}_stack")
    return found


@pytest.fixture
def practice(stack: Stack) -> Practice:
    """A fresh practice with one member of staff per level."""
    made = Practice(stack.url)
    made.add_everyone()
    return made


@pytest.fixture
def embedded_practice(embedded_stack: Stack) -> Practice:
    """The same, for what does not depend on the bus."""
    made = Practice(embedded_stack.url)
    made.add_everyone()
    return made
