"""The plain job with FastStream on RabbitMQ; the message is acknowledged when its handler has returned."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from bench.peers.plain import BUS_URL, Invoices, play, produce

QUEUE: Final = RabbitQueue("bench-faststream", durable=True, queue_type=QueueType.QUORUM)


def producer() -> None:
    """Publish with confirm."""
    loop = asyncio.new_event_loop()
    broker = RabbitBroker(BUS_URL, logger=None)

    async def connect() -> None:
        await broker.connect()
        await broker.declare_queue(QUEUE)

    loop.run_until_complete(connect())
    produce(lambda note: loop.run_until_complete(broker.publish({"note": note}, QUEUE, persist=True, mandatory=True)))


def worker() -> None:
    """The commit is made on the loop itself: a thread in between would cost more than it saves."""
    broker = RabbitBroker(BUS_URL, logger=None, default_channel=Channel(prefetch_count=50))
    invoices = Invoices()

    @broker.subscriber(QUEUE, ack_policy=AckPolicy.NACK_ON_ERROR)
    async def note_committed(body: dict[str, Any]) -> None:
        invoices.commit(body["note"])

    asyncio.run(FastStream(broker, logger=None).run())


if __name__ == "__main__":
    play(producer=producer, worker=worker)
