"""Whatever somebody writes to the bus: no worker ends, good events arrive once, and what is stored of it stays small.

Ten thousand seeded messages, half of them over each transport, with headers, attempts, routing keys and bodies that no
service would send; a good event goes between every hundred.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pika
import psycopg
import pytest
from prometheus_client import REGISTRY
from psycopg.types.json import Jsonb

from shared.contracts.envelope import BODY_BYTES_MAX, CONTRACTS
from shared.database.retention import EVENT_DAYS
from shared.ids import new_id
from shared.keys.event_signature import KEY_ID, SIGNATURE, Signer
from shared.messaging import dead_letters
from shared.messaging.dead_letter_store import UNSIGNED, DeadLetterDrain
from shared.messaging.rabbit.connection import TYPE_HEADER
from shared.messaging.topology import ATTEMPT_HEADER, receipts_key
from shared.services import SERVICES
from shared.testing.events import envelope_of
from shared.testing.waiting import wait_until
from shared.tests.conftest import Path, documented

SEED = 20_261
MESSAGES = 5_000
EVERY = 100
STORED_BYTES_MAX = 10_000_000

Raw = tuple[str, dict[str, Any] | list[Any] | str | None, bytes]


class Forger:
    """Makes messages that no service signed, the same ones for the same seed."""

    def __init__(self, captured: list[tuple[bytes, dict[str, str]]]) -> None:
        """`captured`: bodies and headers of true events, which somebody who reads the bus has."""
        self._random = random.Random(SEED)
        self._captured = captured

    def messages(self, count: int) -> Iterator[Raw]:
        """Routing key, headers and body of each."""
        for _ in range(count):
            body = self._body()
            yield self._random.choice(self._routing_keys()), self._headers(), body

    def _routing_keys(self) -> list[str]:
        known = [*CONTRACTS, *(receipts_key(service) for service in SERVICES)]
        odd = ["", "billing", "clinical.", ".v1", "clinical.unheard_of.v9", "clinical.\r\nx", "ключ.v1", "x" * 240]
        return [*known, *odd, "clinical.appointment_documented.v1", receipts_key("billing")]

    def _headers(self) -> dict[str, Any] | list[Any] | str | None:
        pick = self._random
        shape = pick.randrange(12)
        if shape < 2:
            return [None, {}][shape]
        signature = pick.choice(["", "=", "A" * 96, "ß", "\x01", None, 7, True, {"a": [1]}, ["x"], "A" * 5_000])
        headers: dict[str, Any] = {
            SIGNATURE: pick.choice([signature, pick.choice(self._captured)[1][SIGNATURE]]),
            KEY_ID: pick.choice(["clinical.1", "billing.1", "../clinical.1", "clinical", "", 1, None, "clinical.1\n"]),
            ATTEMPT_HEADER: pick.choice(
                ["99999999999", "-1", "0", "1.5", "٣", "", 10**12, -3, None, ["1"], "1" * 4_000]
            ),
        }
        for name in pick.sample(sorted(headers), pick.randrange(3)):
            del headers[name]
        if shape == 2:
            headers |= {f"x-{number}": "y" * 50 for number in range(40)}
        return headers

    def _body(self) -> bytes:
        pick = self._random
        shape = pick.randrange(10)
        if shape == 0:
            return pick.randbytes(pick.randrange(2_000))
        if shape == 1:
            return b"[" * pick.choice([10, 5_000, 100_000])
        if shape == 2:
            odd = [None, 0, "", [], {}, {"consumer": []}, {"consumer": "billing", "event_ids": [{}]}, 1e308]
            return orjson.dumps(pick.choice(odd))
        if shape == 3:
            claimed = {"consumer": pick.choice(SERVICES), "event_ids": [str(new_id()) for _ in range(3)]}
            return orjson.dumps(claimed)
        if shape == 4 and pick.random() < 0.02:
            return b"x" * (BODY_BYTES_MAX + 1)
        body = bytearray(pick.choice(self._captured)[0])
        for _ in range(pick.randrange(1, 4)):
            body[pick.randrange(len(body))] = pick.randrange(256)
        return bytes(body)


class OnRabbit:
    """Writes to a queue past everything of ours, as somebody would who reached the broker."""

    def __init__(self, url: str, queue: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel, self._queue = self._connection.channel(), queue

    def write(self, raw: Raw) -> None:
        routing_key, headers, body = raw
        odd = headers if isinstance(headers, dict) else {}
        properties = pika.BasicProperties(headers={**odd, TYPE_HEADER: routing_key}, message_id="forged")
        self._channel.basic_publish("", self._queue, body, properties)

    def flush(self) -> None:
        self._connection.process_data_events()

    def close(self) -> None:
        self._connection.close()


class OnPostgres:
    """The same on the embedded bus."""

    def __init__(self, url: str, queue: str) -> None:
        self._bus, self._queue = psycopg.connect(url), queue

    def write(self, raw: Raw) -> None:
        routing_key, headers, body = raw
        self._bus.execute(
            "INSERT INTO deliveries (queue, routing_key, message_id, body, headers) VALUES (%s, %s, 'forged', %s, %s)",
            [self._queue, routing_key, body, Jsonb(headers)],
        )

    def flush(self) -> None:
        self._bus.commit()

    def close(self) -> None:
        self._bus.commit()
        self._bus.close()


def writer_of(bus_url: str, queue: str) -> OnRabbit | OnPostgres:
    return (OnRabbit if bus_url.startswith("amqp") else OnPostgres)(bus_url, queue)


def parked() -> float:
    return REGISTRY.get_sample_value("caseload_events_parked_total", {"service": "billing", "reason": UNSIGNED}) or 0


@pytest.mark.abuse("A-BUS-forged", "A-BUS-flood")
def test_whatever_is_written_to_the_bus_good_events_arrive_once(path: Path, bus_url: str) -> None:
    good = [documented() for _ in range(MESSAGES // EVERY)]
    signer = Signer(path.keys.private_file("clinical"))
    captured = [(body, signer.sign(body)) for body in (envelope_of(documented()).to_bytes() for _ in range(20))]
    forged = list(Forger(captured).messages(MESSAGES))
    before, stop, ended = parked(), threading.Event(), []

    def runs(part: Callable[[threading.Event], None]) -> None:
        try:
            part(stop)
        except BaseException as error:
            ended.append(error)
            raise

    drain = DeadLetterDrain("billing", path.consuming, path.transport, path.verifier)
    threads = [threading.Thread(target=runs, args=(part,), daemon=True) for part in (path.consumer().run, drain.run)]
    for thread in threads:
        thread.start()
    writers = [writer_of(bus_url, queue) for queue in ("billing", "billing.dead")]
    for number, event in enumerate(good):
        for turn, raw in enumerate(forged[number * EVERY : (number + 1) * EVERY]):
            writers[turn % 2].write(raw)
        for writer in writers:
            writer.flush()
        path.emit(event)
        path.relay()
    wait_until(lambda: ended or len(path.applied) == len(good), 60, "the good events")
    wait_until(lambda: ended or parked() - before == MESSAGES, 60, "every forged one is parked")
    for writer in writers:
        writer.close()  # not before: a broker forgets what a closed connection sent without confirms
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not ended and sorted(map(str, path.applied)) == sorted(map(str, good)) and path.effects() == len(good)
    stored = path.billing.rows(
        "SELECT count(*), count(event_id), count(organization_id), pg_total_relation_size('dead_letters')"
        " FROM dead_letters"
    )
    ((rows, events, organizations, size),) = stored
    assert 0 < rows <= 1_000 and events == organizations == 0, "nothing of a forged one is believed"
    assert size <= STORED_BYTES_MAX


@pytest.mark.abuse("A-BUS-receipt")
def test_nobody_else_says_that_an_event_arrived(path: Path, bus_url: str) -> None:
    (identifier,) = path.emit(documented())
    claim = orjson.dumps({"consumer": "billing", "event_ids": [str(identifier)]})
    writer = writer_of(bus_url, "clinical")
    for signed_by in ("clients", "identity"):
        writer.write((receipts_key("clinical"), Signer(path.keys.private_file(signed_by)).sign(claim), claim))
    writer.write((receipts_key("clinical"), {}, claim))
    writer.flush()
    path.send_receipts()
    assert path.unsettled() == 1
    writer.close()


@pytest.mark.abuse("A-BUS-captured")
def test_an_event_that_is_older_than_the_inbox_remembers_is_parked(
    path: Path, bus_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody kept a true event until the inbox had forgotten it."""
    old, young = documented(), documented()
    writer = writer_of(bus_url, "billing")
    for event, days in ((old, EVENT_DAYS - 1), (young, EVENT_DAYS - 2)):
        body = envelope_of(event, datetime.now(UTC) - timedelta(days=days, hours=1)).to_bytes()
        writer.write(
            ("clinical.appointment_documented.v1", Signer(path.keys.private_file("clinical")).sign(body), body)
        )
    writer.flush()
    wait_until(lambda: path.consume(0.5) or path.applied, 10, "the younger one")
    while path.consume(0.3):
        pass
    assert path.applied == [young]
    writer.close()
    assert path.dead_letters() == [("clinical.appointment_documented.v1", "too_old")]
    assert dead_letters.main("billing", path.consuming, bus_url, ["replay", "--all"]) == 0
    assert capsys.readouterr().out == "0 replayed\n"
