"""What every test may ask for: one PostgreSQL server, one RabbitMQ, throw-away keys. All real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from shared import logs
from shared.messaging.embedded import EmbeddedTransport
from shared.messaging.rabbit.transport import RabbitTransport
from shared.messaging.transport import Transport
from shared.testing.databases import TestServer
from shared.testing.rabbitmq import Broker, rabbitmq
from shared.testing.web import Keys
from shared.testing.workers import RABBITMQ, while_needed

logs.configure("tests", "CRITICAL")

# How long an example takes tells how busy the machine is, and nothing of the property.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

pytest_plugins = ["shared.testing.workers"]


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    """A PostgreSQL server for the whole run; each test takes fresh databases from it."""
    running = TestServer()
    yield running
    running.close()


@pytest.fixture(scope="session")
def keys() -> Keys:
    """A key pair for each service and the gateway."""
    return Keys()


@pytest.fixture(scope="session")
def rabbitmq_broker() -> Iterator[Broker]:
    """A RabbitMQ for the whole run."""
    with while_needed(RABBITMQ) as started:
        yield started.enter_context(rabbitmq())


@pytest.fixture(scope="session")
def rabbitmq_url(rabbitmq_broker: Broker) -> str:
    """Its address."""
    return rabbitmq_broker.url


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def bus_url(request: pytest.FixtureRequest, server: TestServer) -> str:
    """The address of each kind of bus in turn. The embedded one is fresh; RabbitMQ's queues are emptied."""
    if request.param == "embedded":
        return server.bus_url()
    url: str = request.getfixturevalue("rabbitmq_url")
    empty_queues(url)
    return url


@pytest.fixture
def transport(bus_url: str) -> Transport:
    """The transport of each kind of bus in turn, declared."""
    made: Transport = RabbitTransport(bus_url) if bus_url.startswith("amqp") else EmbeddedTransport(bus_url)
    made.declare()
    return made


def empty_queues(url: str) -> None:
    """Purge every queue of ours, so that one test's messages do not reach the next."""
    import pika

    from shared.messaging.topology import RETRY_DELAYS_SECONDS
    from shared.services import SERVICES

    connection = pika.BlockingConnection(pika.URLParameters(url))
    for service in SERVICES:
        names = [service, f"{service}.dead", *(f"{service}.retry.{delay}" for delay in RETRY_DELAYS_SECONDS)]
        for name in names:
            channel = connection.channel()
            try:
                channel.queue_purge(name)
            except pika.exceptions.ChannelClosedByBroker:
                continue  # not declared yet
    connection.close()
