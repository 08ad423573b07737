"""Publishing, mandatory and confirmed, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pika
from pika.spec import Basic

from shared.failpoints import failpoint
from shared.messaging.rabbit.connection import UNREACHABLE, parameters, properties_of
from shared.messaging.rabbit.queues import EXCHANGE
from shared.messaging.transport import BusUnavailable, Message, PublishFailed

CONFIRM_SECONDS: Final = 5.0
OPEN_SECONDS: Final = 5.0


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
                    properties_of(message, message.headers),
                    mandatory=True,
                )
        except UNREACHABLE as error:
            raise BusUnavailable("publish") from error
        failpoint("rabbit.after_send")
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
        for confirmed in settled:
            message_id = self._unconfirmed.pop(confirmed, None)
            if message_id is not None and isinstance(frame.method, Basic.Nack):
                self._refused.add(message_id)
        self._stop_if_done()

    def _on_failure(self, *details: Any) -> None:
        reasons = [detail for detail in details if isinstance(detail, BaseException)]
        self._failure = reasons[0] if reasons else BusUnavailable("closed")
        self._connection.ioloop.stop()
