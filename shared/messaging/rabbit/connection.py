"""How a connection is made, what its loss looks like, and how a message travels on it."""

from __future__ import annotations

from typing import Final

import pika
from pika.exceptions import AMQPError

from shared.messaging.transport import Message

TYPE_HEADER: Final = "type"  # a retry hands a message back with the queue's name as routing key
DURABLE: Final = 2
UNREACHABLE: Final = (AMQPError, OSError)  # what pika raises when the broker is away


def parameters(url: str) -> pika.URLParameters:
    """Connection parameters with our timeouts: a dead or blocked broker is noticed within seconds."""
    given = pika.URLParameters(url)
    given.heartbeat = 10
    given.blocked_connection_timeout = 5
    given.socket_timeout = 5
    given.stack_timeout = 10
    given.connection_attempts = 1
    return given


def properties_of(message: Message, headers: dict[str, str]) -> pika.BasicProperties:
    """The properties under which a message is published, durable, with these headers."""
    return pika.BasicProperties(
        message_id=message.message_id,
        content_type="application/cloudevents+json",
        delivery_mode=DURABLE,
        headers={**headers, TYPE_HEADER: message.routing_key},
    )
