"""The plain job with dramatiq on RabbitMQ: publishing is confirmed, one thread works."""

from __future__ import annotations

import threading
from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware import AgeLimit, Callbacks, Pipelines, Retries, ShutdownNotifications, TimeLimit

from bench.peers.plain import BUS_URL, Invoices, play, produce

# What it has by default but for its metrics, which need its own command line.
DEFAULT = (AgeLimit, TimeLimit, ShutdownNotifications, Callbacks, Pipelines, Retries)
broker = RabbitmqBroker(url=BUS_URL, confirm_delivery=True, middleware=[kind() for kind in DEFAULT])
dramatiq.set_broker(broker)
made: dict[str, Any] = {}


@dramatiq.actor(queue_name="bench-dramatiq")
def note_committed(note: str) -> None:
    """Commit the invoice."""
    made["invoices"].commit(note)


def worker() -> None:
    """One consumer, one thread that works."""
    made["invoices"] = Invoices()
    dramatiq.Worker(broker, worker_threads=1).start()
    threading.Event().wait()


if __name__ == "__main__":
    play(producer=lambda: produce(note_committed.send), worker=worker)
