"""One running stack for all tests that leave it whole, in each of pytest's processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.stack import Stack
from tests.running import running_stack

# Behind a proxy, so that a test may come from anywhere; and so many tests come from one address.
GATEWAY = {"TRUSTED_PROXIES": "1", "RATE_PER_ADDRESS": "1000000", "RATE_SIGN_UPS_PER_ADDRESS": "1000000"}


@pytest.fixture(scope="session")
def embedded_stack() -> Iterator[Stack]:
    """The stack of `make up`. Tests keep apart by practices of their own; what breaks a stack starts another."""
    with running_stack(gateway=GATEWAY, durable=False) as stack:
        yield stack


@pytest.fixture(scope="session")
def rabbitmq_stack(rabbitmq_url: str) -> Iterator[Stack]:
    """The same on RabbitMQ."""
    with running_stack(rabbitmq_url, gateway=GATEWAY, durable=False) as stack:
        yield stack
