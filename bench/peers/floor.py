"""Floor 1/1: psycopg and pika, no framework. One message per confirm and per commit, and no promise kept."""

from __future__ import annotations

import json
from typing import Any, Final

import pika

from bench.peers.plain import BUS_URL, Invoices, play, produce

QUEUE: Final = "bench-floor"


def _channel() -> Any:
    channel = pika.BlockingConnection(pika.URLParameters(BUS_URL)).channel()
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    return channel


def producer() -> None:
    """Publish with confirm, and wait for it."""
    channel = _channel()
    channel.confirm_delivery()
    persistent = pika.BasicProperties(delivery_mode=2)
    produce(lambda note: channel.basic_publish("", QUEUE, json.dumps({"note": note}), persistent, mandatory=True))


def worker() -> None:
    """A commit and an acknowledgment for each message."""
    channel, invoices = _channel(), Invoices()
    channel.basic_qos(prefetch_count=50)

    def on_message(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        invoices.commit(json.loads(body)["note"])
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(QUEUE, on_message)
    channel.start_consuming()


if __name__ == "__main__":
    play(producer=producer, worker=worker)
