"""The honest floor: the least code that keeps what the event path promises, its writes one statement each.

A note and its outbox row in one transaction under forced row-level security; a relay woken by NOTIFY that signs
(ES256) and publishes in batches with one wait for confirms; a consumer that checks signatures, and writes inbox,
invoice, line and audit row for a batch in one transaction; receipts that settle the outbox rows.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from itertools import groupby
from typing import Any, Final

import pika
import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.peers.plain import BODY, BUS_URL, play, produce

QUEUE: Final = "bench-honest"
RECEIPTS: Final = "bench-honest-receipts"
BATCH: Final = 100
APP_URL: Final = os.environ.get("BENCH_APP_URL", "")  # row-level security holds for it
RELAY_URL: Final = os.environ.get("BENCH_RELAY_URL", "")  # and not for this one, which serves every tenant
ORGANIZATION: Final = str(uuid.UUID(int=7))
SIGNED_WITH: Final = ec.ECDSA(SHA256())
TENANT: Final = "SELECT set_config('app.organization_id', %s, true)"
COMMIT_NOTE: Final = """
WITH note AS (INSERT INTO honest_notes (id, organization_id, body) VALUES (%(id)s, %(organization)s, %(body)s)),
row AS (INSERT INTO honest_outbox (id, organization_id, note) VALUES (%(event)s, %(organization)s, %(id)s))
SELECT pg_notify('honest_outbox', '')
"""
TAKE: Final = """
UPDATE honest_outbox SET published_at = now() WHERE id IN (
    SELECT id FROM honest_outbox WHERE published_at IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id::text, organization_id::text, note::text
"""
APPLY: Final = """
WITH came AS (SELECT * FROM jsonb_to_recordset(%s) AS (event uuid, note uuid, organization_id uuid)),
fresh AS (
    INSERT INTO honest_inbox (event_id, organization_id) SELECT event, organization_id FROM came
    ON CONFLICT DO NOTHING RETURNING event_id),
invoice AS (
    INSERT INTO honest_invoices (id, organization_id, note) SELECT gen_random_uuid(), organization_id, note
    FROM came JOIN fresh ON fresh.event_id = came.event RETURNING id, organization_id),
line AS (
    INSERT INTO honest_lines (invoice_id, organization_id, cents)
    SELECT id, organization_id, 15000 FROM invoice)
INSERT INTO honest_audit (organization_id, action, object_id)
SELECT organization_id, 'draft_invoice', id FROM invoice
"""
SETTLE: Final = "UPDATE honest_outbox SET settled_at = now() WHERE id = ANY(%s) AND settled_at IS NULL"


def producer() -> None:
    """Begin, tenant, statement and commit go out in one round trip."""
    connection = psycopg.connect(APP_URL)

    def commit() -> str:
        note = str(uuid.uuid4())
        values = {"id": note, "organization": ORGANIZATION, "event": uuid.uuid4(), "body": BODY}
        with connection.pipeline(), connection.transaction():
            connection.execute(TENANT, [ORGANIZATION])
            connection.execute(COMMIT_NOTE, values)
        return note

    produce(lambda _note: None, commit, "honest_invoices")


class Publisher:
    """A batch, then one wait for all its confirms; pika's blocking channel waits for each."""

    def __init__(self) -> None:
        self._left = 0
        self._channel: Any = None
        self._connection = pika.SelectConnection(pika.URLParameters(BUS_URL), on_open_callback=self._opened)
        self._connection.ioloop.start()

    def publish(self, messages: list[tuple[bytes, str]]) -> None:
        """Return when the broker has kept every one of them."""
        self._left = len(messages)
        for body, signature in messages:
            headers = pika.BasicProperties(delivery_mode=2, headers={"signature": signature})
            self._channel.basic_publish("", QUEUE, body, headers, mandatory=True)
        self._connection.ioloop.start()

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._with_channel)

    def _with_channel(self, channel: Any) -> None:
        self._channel, self._confirmed = channel, 0
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._connection.ioloop.stop())

    def _on_confirm(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        self._left -= tag - self._confirmed if frame.method.multiple else 1
        self._confirmed = max(self._confirmed, tag)
        if self._left <= 0:
            self._connection.ioloop.stop()


def relay() -> None:
    """Woken by NOTIFY; marked in the transaction that waits for the confirms. Receipts settle on a second thread."""
    _declare()
    threading.Thread(target=_settle, daemon=True).start()
    key: Any = load_pem_private_key(os.environ["BENCH_SIGNING_KEY"].encode(), password=None)
    listening, taking = psycopg.connect(RELAY_URL, autocommit=True), psycopg.connect(RELAY_URL)
    listening.execute("LISTEN honest_outbox")
    publisher = Publisher()
    while True:
        taken = BATCH
        while taken == BATCH:
            with taking.transaction():
                rows = taking.execute(TAKE, [BATCH]).fetchall()
                bodies = [
                    json.dumps(dict(zip(("event", "organization_id", "note"), row, strict=True))).encode()
                    for row in rows
                ]
                if bodies:
                    publisher.publish([(body, key.sign(body, SIGNED_WITH).hex()) for body in bodies])
            taken = len(rows)
        for _ in listening.notifies(timeout=1.0, stop_after=1):
            pass


def worker() -> None:
    """One transaction for what is there, one acknowledgment, one receipt."""
    channel, connection = _declare(), psycopg.connect(APP_URL)
    private: Any = load_pem_private_key(os.environ["BENCH_SIGNING_KEY"].encode(), password=None)
    public = private.public_key()
    channel.basic_qos(prefetch_count=2 * BATCH)
    waiting: list[tuple[int, dict[str, str]]] = []

    def on_message(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
        public.verify(bytes.fromhex(properties.headers["signature"]), body, SIGNED_WITH)
        waiting.append((method.delivery_tag, json.loads(body)))

    channel.basic_consume(QUEUE, on_message)
    while True:
        channel.connection.process_data_events(time_limit=1.0)
        if not waiting:
            continue
        events = sorted((event for _, event in waiting), key=lambda event: event["organization_id"])
        with connection.pipeline(), connection.transaction():
            for organization, some in groupby(events, lambda event: event["organization_id"]):
                connection.execute(TENANT, [organization])
                connection.execute(APPLY, [json.dumps(list(some))])
        channel.basic_ack(waiting[-1][0], multiple=True)
        channel.basic_publish("", RECEIPTS, json.dumps([event["event"] for event in events]))
        waiting.clear()


def _settle() -> None:
    channel, connection = _declare(), psycopg.connect(RELAY_URL)

    def on_receipt(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        with connection.transaction():
            connection.execute(SETTLE, [json.loads(body)])
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(RECEIPTS, on_receipt)
    channel.start_consuming()


def _declare() -> Any:
    channel = pika.BlockingConnection(pika.URLParameters(BUS_URL)).channel()
    for queue in (QUEUE, RECEIPTS):
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    return channel


if __name__ == "__main__":
    play(producer=producer, relay=relay, worker=worker)
