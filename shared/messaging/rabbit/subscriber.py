"""Consuming one queue, with acknowledgements and delayed retries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pika

from shared import clock
from shared.messaging.rabbit.connection import TYPE_HEADER, UNREACHABLE, parameters, properties_of
from shared.messaging.rabbit.queues import retry_queue
from shared.messaging.topology import ATTEMPT_HEADER, PREFETCH
from shared.messaging.transport import BusUnavailable, Delivery, Message


class RabbitSubscriber:
    """Consumes one queue with manual acknowledgements. Owned by one thread."""

    def __init__(self, url: str, service: str, queue: str) -> None:
        self._service = service
        self._arrived: list[Delivery] = []
        self._held: dict[int, None] = {}  # delivery tags not acknowledged, in order
        self._cancelled = False
        try:
            self._connection = pika.BlockingConnection(parameters(url))
            self._channel = self._connection.channel()
            self._retries = self._connection.channel()
            self._retries.confirm_delivery()
            self._channel.basic_qos(prefetch_count=PREFETCH)
            self._channel.add_on_cancel_callback(self._on_cancel)
            self._channel.basic_consume(queue, self._on_message)
        except UNREACHABLE as error:
            raise BusUnavailable("subscribe") from error

    def receive(self, messages_max: int, wait_seconds: float) -> list[Delivery]:
        """What is there, waiting up to `wait_seconds` for the first; raises `BusUnavailable`."""
        deadline = clock.monotonic() + wait_seconds
        try:
            self._connection.process_data_events(time_limit=0)
            while not self._arrived and (left := deadline - clock.monotonic()) > 0:
                self._connection.process_data_events(time_limit=left)
                self._check()
            self._check()
        except UNREACHABLE as error:
            raise BusUnavailable("receive") from error
        taken, self._arrived = self._arrived[:messages_max], self._arrived[messages_max:]
        return taken

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge; one frame for the usual case that these are the oldest held. Raises `BusUnavailable`."""
        tags = {delivery.tag for delivery in deliveries}
        if not tags:
            return
        try:
            oldest = [tag for tag in self._held if tag <= max(tags)]
            if set(oldest) == tags:
                self._channel.basic_ack(max(tags), multiple=True)
            else:
                for tag in sorted(tags):
                    self._channel.basic_ack(tag)
        except UNREACHABLE as error:
            raise BusUnavailable("ack") from error
        for tag in tags:
            self._held.pop(tag, None)

    def retry(self, delivery: Delivery, delay_seconds: int) -> None:
        """Publish to the queue of that delay with confirm, then acknowledge: in this order nothing can get lost."""
        headers = {**delivery.message.headers, ATTEMPT_HEADER: str(delivery.attempt + 1)}
        try:
            self._retries.basic_publish(
                "",
                retry_queue(self._service, delay_seconds),
                delivery.message.body,
                properties_of(delivery.message, headers),
                mandatory=True,
            )
        except UNREACHABLE as error:
            raise BusUnavailable("retry") from error
        self.ack([delivery])

    def close(self) -> None:
        """Close; the broker hands out again what was not acknowledged."""
        try:
            self._connection.close()
        except UNREACHABLE:
            return  # it is gone already

    def _check(self) -> None:
        # pika does not raise when the broker closes a channel (acknowledgement timeout) or cancels the consumer.
        if self._cancelled or not self._channel.is_open:
            raise BusUnavailable("consumer cancelled")

    def _on_cancel(self, _frame: Any) -> None:
        self._cancelled = True

    def _on_message(self, _channel: Any, method: Any, properties: Any, body: bytes) -> None:
        headers = properties.headers or {}
        routing_key = headers.get(TYPE_HEADER, method.routing_key)
        message = Message.received(routing_key, body, properties.message_id, headers)
        self._held[method.delivery_tag] = None
        self._arrived.append(Delivery(message, method.delivery_tag))
