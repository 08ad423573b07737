"""Two practices for what attacks them through the gateway, behind a proxy, so that attacks may come from anywhere."""

from __future__ import annotations

import pytest

from embedded.stack import Stack
from tests.practice import Practice


@pytest.fixture(scope="session")
def besieged(embedded_stack: Stack) -> Stack:
    """The stack; `X-Forwarded-For` says where a request comes from, and the tests themselves meet no rate limit."""
    return embedded_stack


@pytest.fixture(scope="module")
def home(besieged: Stack) -> Practice:
    """A practice with somebody of every level."""
    made = Practice(besieged.url)
    made.add_everyone()
    return made


@pytest.fixture(scope="module")
def away(besieged: Stack) -> Practice:
    """Somebody else's practice."""
    made = Practice(besieged.url)
    made.add_everyone()
    return made
