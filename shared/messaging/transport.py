"""The interface between our event path and a bus. Two implementations pass the same contract tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.messaging.topology import ATTEMPT_HEADER


class BusUnavailable(Exception):
    """The bus cannot be reached, is blocked, or closed the connection."""


class PublishFailed(Exception):
    """The bus answered, and did not take these messages (unroutable, or refused)."""

    def __init__(self, message_ids: Sequence[str]) -> None:
        super().__init__(f"{len(message_ids)} messages were not taken")
        self.message_ids = tuple(message_ids)


@dataclass(frozen=True, slots=True)
class Message:
    """What travels: the body is an envelope's bytes, headers hold signature, key id and attempt."""

    routing_key: str
    body: bytes
    message_id: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message handed to a consumer, and what the transport needs to acknowledge it."""

    message: Message
    tag: Any

    @property
    def attempt(self) -> int:
        """1 for the first delivery, one more for each delayed retry."""
        text = self.message.headers.get(ATTEMPT_HEADER, "1")
        return int(text) if text.isdecimal() else 1


class Publisher(Protocol):
    """Publishes batches. Owned by one thread."""

    def publish(self, messages: Sequence[Message]) -> None:
        """Return when every message is confirmed; raises `PublishFailed` or `BusUnavailable`."""

    def keep_alive(self) -> None:
        """Called every few seconds while there is nothing to publish; raises `BusUnavailable`."""

    def close(self) -> None:
        """Give the connection back."""


class Subscriber(Protocol):
    """Receives one service's messages. Owned by one thread."""

    def receive(self, messages_max: int, wait_seconds: float) -> list[Delivery]:
        """What is there, at most `messages_max`; waits up to `wait_seconds` for the first."""

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Done with these."""

    def retry(self, delivery: Delivery, delay_seconds: int) -> None:
        """Hand this one out again after a delay of `RETRY_DELAYS_SECONDS`, with a higher attempt; acknowledges it."""

    def close(self) -> None:
        """Give everything back that is not acknowledged."""


class Transport(Protocol):
    """A bus."""

    def declare(self) -> None:
        """Create what is missing of queues and bindings; may be called at any time by anybody."""

    def publisher(self) -> Publisher:
        """A connection for publishing."""

    def subscriber(self, service: str) -> Subscriber:
        """A connection for consuming a service's messages."""

    def dead_letters(self, service: str) -> Subscriber:
        """What the bus itself gave up on (a message that kills its consumer each time)."""

    def depth(self, service: str) -> dict[str, int]:
        """Messages `ready`, `retrying` and `dead` for a service."""
