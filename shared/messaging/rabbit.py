"""RabbitMQ 3.10 to 4 through pika. Relies on no default: every limit, strategy and timeout is said.

One topic exchange; per service one quorum queue, one quorum queue per retry delay that hands messages back by
time-to-live, and one for what reached the delivery limit. Publishing is mandatory and confirmed, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker
from pika.spec import Basic

from shared import clock
from shared.messaging.topology import ATTEMPT_HEADER, DELIVERY_LIMIT, PREFETCH, RETRY_DELAYS_SECONDS, bindings
from shared.messaging.transport import BusUnavailable, Delivery, Message, PublishFailed
from shared.services import SERVICES

EXCHANGE: Final = "events"
TYPE_HEADER: Final = "type"  # a retry hands a message back with the queue's name as routing key
QUEUE_BYTES_MAX: Final = 2 * 1024**3
CONFIRM_SECONDS: Final = 5.0
OPEN_SECONDS: Final = 5.0
YOUNG_QUEUE_SECONDS: Final = 1.0
DURABLE: Final = 2

_UNREACHABLE = (AMQPError, OSError)


def parameters(url: str) -> pika.URLParameters:
    """Connection parameters with our timeouts: a dead or blocked broker is noticed within seconds."""
    given = pika.URLParameters(url)
    given.heartbeat = 10
    given.blocked_connection_timeout = 5
    given.socket_timeout = 5
    given.stack_timeout = 10
    given.connection_attempts = 1
    return given


class RabbitTransport:
    """A RabbitMQ virtual host."""

    def __init__(self, url: str) -> None:
        self._url = url

    def declare(self) -> None:
        """Exchange, queues and bindings of all services; raises `BusUnavailable`."""
        try:
            connection = pika.BlockingConnection(parameters(self._url))
            try:
                if self._all_there(connection):
                    return
                channel = connection.channel()
                for service in SERVICES:
                    _declare_service(channel, service)
                # A quorum queue whose node dies within moments of its birth has been seen to lose confirmed messages.
                clock.sleep(YOUNG_QUEUE_SECONDS)
            finally:
                connection.close()
        except _UNREACHABLE as error:
            raise BusUnavailable("declare") from error

    def _all_there(self, connection: pika.BlockingConnection) -> bool:
        channel = connection.channel()
        try:
            for service in SERVICES:
                channel.queue_declare(service, passive=True)
            for service in SERVICES:
                _bind(channel, service)
        except ChannelClosedByBroker:
            return False
        return True

    def publisher(self) -> RabbitPublisher:
        """A connection of its own for publishing; raises `BusUnavailable`."""
        return RabbitPublisher(self._url)

    def subscriber(self, service: str) -> RabbitSubscriber:
        """A connection of its own for consuming; raises `BusUnavailable`."""
        return RabbitSubscriber(self._url, service, service)

    def parked_by_broker(self, service: str) -> RabbitSubscriber:
        """The same for what reached the delivery limit."""
        return RabbitSubscriber(self._url, service, f"{service}.dead")

    def depth(self, service: str) -> dict[str, int]:
        """Messages ready, waiting for a retry, and dead; raises `BusUnavailable`."""
        try:
            connection = pika.BlockingConnection(parameters(self._url))
            try:
                channel = connection.channel()

                def count(queue: str) -> int:
                    return int(channel.queue_declare(queue, passive=True).method.message_count)

                return {
                    "ready": count(service),
                    "retrying": sum(count(f"{service}.retry.{delay}") for delay in RETRY_DELAYS_SECONDS),
                    "dead": count(f"{service}.dead"),
                }
            finally:
                connection.close()
        except _UNREACHABLE as error:
            raise BusUnavailable("depth") from error


def _declare_service(channel: BlockingChannel, service: str) -> None:
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    quorum: dict[str, Any] = {"x-queue-type": "quorum", "x-overflow": "reject-publish"}
    to_queue = {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once"}
    # No length limit here: what is dead must always find room. It is drained into the service's own table.
    channel.queue_declare(f"{service}.dead", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_declare(
        service,
        durable=True,
        arguments={
            **quorum,
            **to_queue,
            "x-dead-letter-routing-key": f"{service}.dead",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length-bytes": QUEUE_BYTES_MAX,
        },
    )
    for delay in RETRY_DELAYS_SECONDS:
        channel.queue_declare(
            f"{service}.retry.{delay}",
            durable=True,
            arguments={
                **quorum,
                **to_queue,
                "x-dead-letter-routing-key": service,
                "x-message-ttl": delay * 1000,
            },
        )
    _bind(channel, service)


def _bind(channel: BlockingChannel, service: str) -> None:
    for routing_key in bindings(service):
        channel.queue_bind(service, EXCHANGE, routing_key)


def _properties(message: Message, headers: dict[str, str]) -> pika.BasicProperties:
    return pika.BasicProperties(
        message_id=message.message_id,
        content_type="application/cloudevents+json",
        delivery_mode=DURABLE,
        headers={**headers, TYPE_HEADER: message.routing_key},
    )


class RabbitPublisher:
    """Publishes batches with one wait for all confirms.

    pika's blocking channel waits for each confirm by itself; its callback-driven connection does not, so this
    class runs that one's loop in the caller's thread until the batch is confirmed.
    """

    def __init__(self, url: str) -> None:
        self._failure: BaseException | None = None
        self._done: Callable[[], bool] = lambda: False
        self._unconfirmed: dict[int, str] = {}
        self._refused: set[str] = set()
        self._published = 0
        self._channel: Any = None
        self._confirming = False
        self._connection = pika.SelectConnection(
            parameters(url),
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_failure,
            on_close_callback=self._on_failure,
        )
        if not self._run_until(lambda: self._confirming, OPEN_SECONDS):
            self.close()
            raise BusUnavailable("connect")

    def publish(self, messages: Sequence[Message]) -> None:
        """Return when the broker has taken every message onto a queue; else `PublishFailed` or `BusUnavailable`."""
        self._refused.clear()
        self._unconfirmed.clear()
        try:
            for message in messages:
                self._published += 1
                self._unconfirmed[self._published] = message.message_id
                self._channel.basic_publish(
                    EXCHANGE,
                    message.routing_key,
                    message.body,
                    _properties(message, message.headers),
                    mandatory=True,
                )
        except _UNREACHABLE as error:
            raise BusUnavailable("publish") from error
        if not self._run_until(lambda: not self._unconfirmed, CONFIRM_SECONDS):
            self.close()
            raise BusUnavailable("no confirm in time")
        if self._refused:
            raise PublishFailed(sorted(self._refused))

    def keep_alive(self) -> None:
        """Let heartbeats through; call at least every few seconds while idle. Raises `BusUnavailable`."""
        self._run_until(lambda: False, 0.0)

    def close(self) -> None:
        """Close the connection without waiting for politeness."""
        if not self._connection.is_closed and not self._connection.is_closing:
            self._connection.close()
            self._done = lambda: self._connection.is_closed
            timer = self._connection.ioloop.call_later(1.0, self._connection.ioloop.stop)
            self._connection.ioloop.start()
            self._connection.ioloop.remove_timeout(timer)

    def _run_until(self, done: Callable[[], bool], seconds: float) -> bool:
        self._done = done
        if not done() and self._failure is None:
            loop = self._connection.ioloop
            timer = loop.call_later(seconds, loop.stop)
            loop.start()
            loop.remove_timeout(timer)
        if self._failure is not None:
            raise BusUnavailable("connection lost") from self._failure
        return done()

    def _stop_if_done(self) -> None:
        if self._done():
            self._connection.ioloop.stop()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._on_failure)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(ack_nack_callback=self._on_confirm, callback=self._on_confirming)

    def _on_confirming(self, _frame: Any) -> None:
        self._confirming = True
        self._stop_if_done()

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        self._refused.add(properties.message_id)

    def _on_confirm(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        settled = [t for t in self._unconfirmed if t <= tag] if frame.method.multiple else [tag]
        for one in settled:
            message_id = self._unconfirmed.pop(one, None)
            if message_id is not None and isinstance(frame.method, Basic.Nack):
                self._refused.add(message_id)
        self._stop_if_done()

    def _on_failure(self, *details: Any) -> None:
        reasons = [detail for detail in details if isinstance(detail, BaseException)]
        self._failure = reasons[0] if reasons else BusUnavailable("closed")
        self._connection.ioloop.stop()


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
        except _UNREACHABLE as error:
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
        except _UNREACHABLE as error:
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
        except _UNREACHABLE as error:
            raise BusUnavailable("ack") from error
        for tag in tags:
            self._held.pop(tag, None)

    def retry(self, delivery: Delivery, delay_seconds: int) -> None:
        """Publish to the queue of that delay with confirm, then acknowledge: in this order nothing can get lost."""
        headers = {**delivery.message.headers, ATTEMPT_HEADER: str(delivery.attempt + 1)}
        try:
            self._retries.basic_publish(
                "",
                f"{self._service}.retry.{delay_seconds}",
                delivery.message.body,
                _properties(delivery.message, headers),
                mandatory=True,
            )
        except _UNREACHABLE as error:
            raise BusUnavailable("retry") from error
        self.ack([delivery])

    def close(self) -> None:
        """Close; the broker hands out again what was not acknowledged."""
        try:
            self._connection.close()
        except _UNREACHABLE:
            return  # it is gone already

    def _check(self) -> None:
        # pika does not raise when the broker closes a channel (acknowledgement timeout) or cancels the consumer.
        if self._cancelled or not self._channel.is_open:
            raise BusUnavailable("consumer cancelled")

    def _on_cancel(self, _frame: Any) -> None:
        self._cancelled = True

    def _on_message(self, _channel: Any, method: Any, properties: Any, body: bytes) -> None:
        headers = {str(k): str(v) for k, v in (properties.headers or {}).items() if isinstance(v, str | int)}
        message = Message(
            routing_key=headers.pop(TYPE_HEADER, method.routing_key),
            body=body,
            message_id=properties.message_id or "",
            headers=headers,
        )
        self._held[method.delivery_tag] = None
        self._arrived.append(Delivery(message, method.delivery_tag))
