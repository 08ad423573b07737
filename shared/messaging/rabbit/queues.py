"""The exchange, queues and bindings.

One topic exchange; per service one quorum queue, one quorum queue per retry delay that hands messages back by
time-to-live, and one for what reached the delivery limit.
"""

from __future__ import annotations

from typing import Any, Final

from pika.adapters.blocking_connection import BlockingChannel

from shared.messaging.topology import DELIVERY_LIMIT, RETRY_DELAYS_SECONDS, bindings

EXCHANGE: Final = "events"
QUEUE_BYTES_MAX: Final = 2 * 1024**3


def dead_queue(service: str) -> str:
    """The queue of what reached the delivery limit."""
    return f"{service}.dead"


def retry_queue(service: str, delay_seconds: int) -> str:
    """The queue that hands a message back after that delay."""
    return f"{service}.retry.{delay_seconds}"


def declare_service(channel: BlockingChannel, service: str) -> None:
    """Declare the exchange and all queues and bindings of one service. What is there already stays."""
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    quorum: dict[str, Any] = {"x-queue-type": "quorum", "x-overflow": "reject-publish"}
    to_queue = {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once"}
    # No length limit here: what is dead must always find room. It is drained into the service's own table.
    channel.queue_declare(dead_queue(service), durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_declare(
        service,
        durable=True,
        arguments={
            **quorum,
            **to_queue,
            "x-dead-letter-routing-key": dead_queue(service),
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length-bytes": QUEUE_BYTES_MAX,
        },
    )
    for delay in RETRY_DELAYS_SECONDS:
        channel.queue_declare(
            retry_queue(service, delay),
            durable=True,
            arguments={
                **quorum,
                **to_queue,
                "x-dead-letter-routing-key": service,
                "x-message-ttl": delay * 1000,
            },
        )
    bind(channel, service)


def bind(channel: BlockingChannel, service: str) -> None:
    """Bind a service's queue to every event that it consumes."""
    for routing_key in bindings(service):
        channel.queue_bind(service, EXCHANGE, routing_key)
