"""The least code that does the event path's work: psycopg and pika, no framework, no signature, no audit, no outbox.

Commit a note, publish one message with confirm, consume it, commit an invoice, acknowledge: one message per commit.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any

import pika
import psycopg

QUEUE = "bench-floor"


class Floor:
    """A producer and a consumer thread over RabbitMQ and one database."""

    def __init__(self, database_url: str, bus_url: str) -> None:
        self._bus_url = bus_url
        self._producer = psycopg.connect(database_url)
        self._consumer = psycopg.connect(database_url)
        with self._producer.transaction():
            self._producer.execute("CREATE TABLE IF NOT EXISTS floor_notes (id uuid PRIMARY KEY, body text)")
            self._producer.execute("CREATE TABLE IF NOT EXISTS floor_invoices (id uuid PRIMARY KEY, note uuid UNIQUE)")
        self._connection = pika.BlockingConnection(pika.URLParameters(bus_url))
        self._channel = self._connection.channel()
        self._channel.queue_delete(QUEUE)
        self._channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        self._channel.confirm_delivery()
        self.done: dict[str, float] = {}
        self.count = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._consume, daemon=True)
        self._thread.start()

    def send(self) -> str:
        """Commit a note and publish it with confirm; returns its id."""
        note = str(uuid.uuid4())
        with self._producer.transaction():
            self._producer.execute("INSERT INTO floor_notes VALUES (%s, %s)", [note, "x" * 300])
        self._channel.basic_publish(
            "", QUEUE, json.dumps({"note": note}), pika.BasicProperties(delivery_mode=2), mandatory=True
        )
        return note

    def close(self) -> None:
        """End the consumer."""
        self._stop.set()
        self._thread.join(5)
        self._connection.close()
        self._producer.close()
        self._consumer.close()

    def _consume(self) -> None:
        connection = pika.BlockingConnection(pika.URLParameters(self._bus_url))
        channel = connection.channel()
        channel.basic_qos(prefetch_count=50)

        def on_message(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
            note = json.loads(body)["note"]
            with self._consumer.transaction():
                self._consumer.execute("INSERT INTO floor_invoices VALUES (%s, %s)", [uuid.uuid4(), note])
            self.done[note] = time.monotonic()
            self.count += 1
            channel.basic_ack(method.delivery_tag)

        channel.basic_consume(QUEUE, on_message)
        while not self._stop.is_set():
            connection.process_data_events(time_limit=0.2)
        connection.close()
