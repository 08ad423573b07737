"""Which bus is behind an address."""

from __future__ import annotations

from shared.messaging.transport import Transport


def connect(bus_url: str) -> Transport:
    """The transport behind `BUS_URL`: amqp:// or amqps:// is RabbitMQ, postgresql:// the embedded bus."""
    if bus_url.startswith(("amqp://", "amqps://")):
        from shared.messaging.rabbit.transport import RabbitTransport

        return RabbitTransport(bus_url)
    from shared.messaging.embedded import EmbeddedTransport

    return EmbeddedTransport(bus_url)
