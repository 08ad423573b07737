"""A RabbitMQ virtual host as a transport: declares what is needed, opens publishers and subscribers."""

from __future__ import annotations

from typing import Final

import pika
from pika.exceptions import ChannelClosedByBroker

from shared import clock
from shared.messaging.rabbit.connection import UNREACHABLE, parameters
from shared.messaging.rabbit.publisher import RabbitPublisher
from shared.messaging.rabbit.queues import bind, dead_queue, declare_service, retry_queue
from shared.messaging.rabbit.subscriber import RabbitSubscriber
from shared.messaging.topology import RETRY_DELAYS_SECONDS
from shared.messaging.transport import BusUnavailable
from shared.services import SERVICES

YOUNG_QUEUE_SECONDS: Final = 1.0


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
                    declare_service(channel, service)
                # A quorum queue whose node dies within moments of its birth has been seen to lose confirmed messages.
                clock.sleep(YOUNG_QUEUE_SECONDS)
            finally:
                connection.close()
        except UNREACHABLE as error:
            raise BusUnavailable("declare") from error

    def _all_there(self, connection: pika.BlockingConnection) -> bool:
        channel = connection.channel()
        try:
            for service in SERVICES:
                channel.queue_declare(service, passive=True)
            for service in SERVICES:
                bind(channel, service)
        except ChannelClosedByBroker:
            return False
        return True

    def publisher(self) -> RabbitPublisher:
        """A connection of its own for publishing; raises `BusUnavailable`."""
        return RabbitPublisher(self._url)

    def subscriber(self, service: str) -> RabbitSubscriber:
        """A connection of its own for consuming; raises `BusUnavailable`."""
        return RabbitSubscriber(self._url, service, service)

    def dead_letters(self, service: str) -> RabbitSubscriber:
        """The same for what reached the delivery limit."""
        return RabbitSubscriber(self._url, service, dead_queue(service))

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
                    "retrying": sum(count(retry_queue(service, delay)) for delay in RETRY_DELAYS_SECONDS),
                    "dead": count(dead_queue(service)),
                }
            finally:
                connection.close()
        except UNREACHABLE as error:
            raise BusUnavailable("depth") from error
