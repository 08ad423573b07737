"""The plain job with nameko: an event, and a service that handles it, one at a time."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

from typing import Any, Final

from kombu import Connection, Exchange, Queue
from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.standalone.events import event_dispatcher

from bench.peers.plain import BUS_URL, Invoices, play, produce

SETTINGS: Final = {"AMQP_URI": BUS_URL.replace("/%2F", "//"), "max_workers": 1}
made: dict[str, Any] = {}


class Billing:
    """Handles the event; a dictionary of its own is all that it shares."""

    name = "bench_billing"

    @event_handler("bench_clinical", "note_committed")
    def note_committed(self, note: str) -> None:
        """Commit the invoice."""
        made["invoices"].commit(note)


def producer() -> None:
    """Publish with confirm. Queue and exchange are those of nameko, which declares them when a worker first starts."""
    exchange = Exchange("bench_clinical.events", "topic", durable=True)
    name = "evt-bench_clinical-note_committed--bench_billing.note_committed"
    with Connection(SETTINGS["AMQP_URI"]) as connection:
        Queue(name, exchange, routing_key="note_committed", durable=True)(connection.channel()).declare()
    dispatch = event_dispatcher(SETTINGS)
    produce(lambda note: dispatch("bench_clinical", "note_committed", note))


def worker() -> None:
    """A container of one service."""
    made["invoices"] = Invoices()
    container = ServiceContainer(Billing, SETTINGS)
    container.start()
    container.wait()


if __name__ == "__main__":
    play(producer=producer, worker=worker)
