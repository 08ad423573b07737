"""The interface between our event path and a bus. Two implementations pass the same contract tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from shared import texts
from shared.keys.event_signature import KEY_ID, SIGNATURE
from shared.messaging.topology import ATTEMPT_HEADER, RETRY_DELAYS_SECONDS

HEADERS: Final = (SIGNATURE, KEY_ID, ATTEMPT_HEADER)
LABEL_CHARACTERS_MAX: Final = 200
ATTEMPTS_MAX: Final = len(RETRY_DELAYS_SECONDS) + 1
ATTEMPT_DIGITS_MAX: Final = 3


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

    @classmethod
    def received(cls, routing_key: object, body: bytes, message_id: object, headers: object) -> Message:
        """A message as it came from the bus, where anybody who reaches it may have put it.

        Only headers of ours are kept, and every label as short printable ASCII (empty where it is something else), so
        that storing, logging and counting a message cannot fail. The body stays as it is.
        """
        given = headers if isinstance(headers, Mapping) else {}
        kept = {name: label for name in HEADERS if (label := _label(given.get(name)))}
        return cls(_label(routing_key), body, _label(message_id), kept)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message handed to a consumer, and what the transport needs to acknowledge it."""

    message: Message
    tag: Any

    @property
    def attempt(self) -> int:
        """1 for the first delivery, one more for each delayed retry, never more than there are.

        Nothing signs it: another number than we wrote costs or saves retries, and nothing else.
        """
        written = self.message.headers.get(ATTEMPT_HEADER, "1")
        number = texts.whole_number(written, digits_max=ATTEMPT_DIGITS_MAX)
        return ATTEMPTS_MAX if number is None else min(max(number, 1), ATTEMPTS_MAX)


def _label(value: object) -> str:
    """The text of a label; empty for anything else."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= LABEL_CHARACTERS_MAX and text.isascii() and text.isprintable() else ""


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
