"""One running stack for all tests that leave it whole, in each of pytest's processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.testing.documented import check_gateway, check_response
from shared.testing.workers import RABBITMQ, STACKS, while_needed
from shared.web.errors import PROBLEM_TYPE
from tests.running import running_stack

# Behind a proxy, so that a test may come from anywhere; and so many tests come from one address.
GATEWAY = {"TRUSTED_PROXIES": "1", "RATE_PER_ADDRESS": "1000000", "RATE_SIGN_UPS_PER_ADDRESS": "1000000"}


@pytest.fixture(scope="session", autouse=True)
def responses_are_documented() -> Iterator[None]:
    """What a test's client is answered stands in the API document, or the test fails where it asked."""
    call = ApiClient.call

    def checked(client: ApiClient, method: str, path: str, **options: Any) -> requests.Response:
        response = call(client, method, path, **options)
        address = f"/api/v1{path}".partition("?")[0]
        kind = response.headers.get("Content-Type")
        if response.status_code < 300 and response.content and kind == "application/json":
            check_response(method, address, response.status_code, response.content)
        if response.status_code >= 400 and response.content and kind == PROBLEM_TYPE:
            check_gateway(method, address, response.status_code, response.json()["code"])
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ApiClient, "call", checked)
        yield


@pytest.fixture(scope="session")
def embedded_stack() -> Iterator[Stack]:
    """The stack of `make up`. Tests keep apart by practices of their own; what breaks a stack starts another."""
    with while_needed(STACKS) as started:
        yield started.enter_context(running_stack(gateway=GATEWAY, durable=False))


@pytest.fixture(scope="session")
def rabbitmq_stack(rabbitmq_url: str) -> Iterator[Stack]:
    """The same on RabbitMQ."""
    with while_needed(RABBITMQ) as started:
        yield started.enter_context(running_stack(rabbitmq_url, gateway=GATEWAY, durable=False))
