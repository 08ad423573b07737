"""One running stack for what attacks it through the gateway, behind a proxy, so that attacks may come from anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.stack import Stack
from tests.practice import Practice
from tests.running import running_stack


@pytest.fixture(scope="session")
def besieged() -> Iterator[Stack]:
    """The stack; `X-Forwarded-For` says where a request comes from, and the tests themselves meet no rate limit."""
    with running_stack(gateway={"TRUSTED_PROXIES": "1", "RATE_PER_ADDRESS": "1000000"}) as running:
        yield running


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
