"""The plain job with Celery: one worker that runs tasks in its own process, acknowledged late."""

from __future__ import annotations

from typing import Any, Final

from celery import Celery
from kombu import Queue

from bench.peers.plain import BUS_URL, Invoices, play, produce

QUEUE: Final = "bench-celery"

app = Celery("bench", broker=BUS_URL.replace("/%2F", "//"))
app.conf.update(
    task_queues=[Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "quorum"})],
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_acks_late=True,
    task_default_delivery_mode="persistent",
    worker_prefetch_multiplier=50,
    broker_transport_options={"confirm_publish": True},
    worker_enable_remote_control=False,
)
made: dict[str, Any] = {}


@app.task(name="bench.note")
def note_committed(note: str) -> None:
    """Commit the invoice."""
    made["invoices"].commit(note)


def worker() -> None:
    """One process and no thread but its own."""
    made["invoices"] = Invoices()
    app.worker_main(
        ["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    )


if __name__ == "__main__":
    play(producer=lambda: produce(note_committed.delay), worker=worker)
