"""A client's name, contacts and notes lie in the tables that own them and nowhere else, after a whole day of work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import pika
import psycopg
import pytest
from prometheus_client import CollectorRegistry, Counter, start_http_server

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.contracts.clients import ClientChanged
from shared.ids import new_id
from shared.keys import bus
from shared.keys.event_signature import Signer
from shared.messaging.bus import connect
from shared.messaging.transport import Message
from shared.ports import reserve_port
from shared.testing.events import envelope_of
from shared.testing.rabbitmq import Broker, GivenRabbitMQ
from shared.testing.waiting import wait_until
from shared.testing.web import Keys
from tests.canaries import OWNERS, TAP, Canaries, Scan, tap, tapped
from tests.practice import SOAP, Practice
from tests.running import count, frozen, temporary
from tests.work_items import raised

DIAGNOSIS = "F44.81"  # what somebody has is told to billing by its code, and to no log


@pytest.fixture
def broker(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Broker | None]:
    """RabbitMQ with a tap; None on the embedded bus."""
    if "rabbitmq" not in request.node.callspec.params["stack"]:
        yield None
        return
    found: Broker = request.getfixturevalue("rabbitmq_broker")
    with tap(found.url):
        yield found


@pytest.fixture
def talkative(stack: Stack) -> Iterator[None]:
    """PostgreSQL logs every statement, as somebody would have it who looks for slow ones."""
    with psycopg.connect(stack.postgres.admin_url, autocommit=True) as connection:
        for statement in ("SET log_min_duration_statement = 0", "SET log_statement = 'all'"):
            connection.execute(f"ALTER SYSTEM {statement}".encode())
        connection.execute("SELECT pg_reload_conf()")
        yield
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")


def test_what_identifies_a_client_lies_where_it_belongs(
    stack: Stack, broker: Broker | None, talkative: None, keys: Keys, tmp_path: Path
) -> None:
    canaries, scan = Canaries(), Scan(stack, broker)
    practice = Practice(stack.url)
    client_id = first_day(practice, canaries)
    refusals(practice, canaries)
    parked(stack, canaries, tmp_path, keys)
    with pytest.raises(psycopg.errors.CheckViolation):  # PostgreSQL would tell the whole row that it refuses
        execute(stack, "clients", "UPDATE clients SET status = 'x' WHERE id::text = %(client_id)s", client_id=client_id)
    with frozen(stack, "billing worker"):
        practice.owner.patch(f"/clients/{client_id}", {"preferred_name": canaries.word("Preferred")})
        wait_until(lambda: held(stack, broker, client_id), 10, "the message that nobody takes")
        assert scan.of_the_bus(canaries.pattern) == set()
    wait_until(lambda: told(stack, "billing", canaries.word("Preferred")), 10, "the new name")
    assert told(stack, "clinical", canaries.word("Preferred"))
    assert scan.owners(canaries.pattern) == OWNERS, "each of them is filled, and no other is excused"
    assert scan.places(canaries.pattern) == set()
    assert scan.said(re.escape(DIAGNOSIS.lower())) == set()


def test_each_place_is_looked_at(stack: Stack, broker: Broker | None, talkative: None) -> None:
    """One word in each of them, and all are found: a scan that overlooks a place would promise too much."""
    canaries, scan = Canaries(), Scan(stack, broker)
    word = canaries.word("Planted")
    with ExitStack() as planted:
        expected = {plant for way in WAYS for plant in planted.enter_context(way(stack, broker, word))}
        assert scan.places(canaries.pattern) == expected
    assert {place for place in scan.places(canaries.pattern) if "log" not in place and "broker" not in place} == set()


@contextmanager
def in_tables(stack: Stack, broker: Broker | None, word: str) -> Iterator[set[str]]:
    """A row of each table through which events pass, of an audit entry and of a first answer."""
    statements = {
        "clients.outbox": "INSERT INTO outbox (id, organization_id, type, aggregate_id, aggregate_version, data,"
        " occurred_at, awaiting, next_try_at, settled_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'planted',"
        " gen_random_uuid(), 1, jsonb_build_object('name', %(word)s::text), now(), '{}', now(), now())",
        "clinical.inbox": "INSERT INTO inbox (event_id, organization_id, type, received_at, receipted_at)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 'planted' || %(word)s, now(), now())",
        "billing.dead_letters": "INSERT INTO dead_letters (id, type, reason, error, attempts, body, headers, parked_at,"
        " discarded_at) VALUES (gen_random_uuid(), 'planted', 'planted', '', 1, convert_to(%(word)s, 'UTF8'), '{}',"
        " now(), now())",
        "clinical.idempotency_keys": "INSERT INTO idempotency_keys (organization_id, scope, body_digest, status,"
        " answer, created_at) VALUES (gen_random_uuid(), 'planted', '', 200, convert_to(%(word)s, 'UTF8'), now())",
    }
    removing = {
        "clients.outbox": "DELETE FROM outbox WHERE type = 'planted'",
        "clinical.inbox": "DELETE FROM inbox WHERE type LIKE 'planted%'",
        "billing.dead_letters": "DELETE FROM dead_letters WHERE type = 'planted'",
        "clinical.idempotency_keys": "DELETE FROM idempotency_keys WHERE scope = 'planted'",
    }
    for table, statement in statements.items():
        execute(stack, table.partition(".")[0], statement, word=word)
    yield set(statements)
    for table, statement in removing.items():
        execute(stack, table.partition(".")[0], statement)


OF_ITS_LOG = re.compile("log|/var/log").match  # a file that a broker writes its log to


@contextmanager
def on_the_bus(stack: Stack, broker: Broker | None, word: str) -> Iterator[set[str]]:
    """A message on a queue; on RabbitMQ on its disk and in its log too, where those can be looked at."""
    if broker is not None:
        connection = pika.BlockingConnection(pika.URLParameters(broker.url))
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("", TAP, word.encode(), pika.BasicProperties(delivery_mode=2))
        connection.close()
        refused = pika.URLParameters(broker.url)
        refused.credentials = pika.PlainCredentials(word, "wrong")
        with suppress(pika.exceptions.AMQPError):
            pika.BlockingConnection(refused)
        if not isinstance(broker, GivenRabbitMQ):  # what it logs is written a moment later
            wait_until(lambda: any(map(OF_ITS_LOG, broker.files_with(word.lower()))), 20, "the broker's log")
        on_disk = {f"broker's disk: {name}" for name in broker.files_with(word.lower())}
        assert not all(OF_ITS_LOG(name.partition(": ")[2]) for name in on_disk) or isinstance(broker, GivenRabbitMQ), (
            on_disk
        )
        yield {"broker: a queue", *on_disk}
        return
    execute(
        stack,
        "bus",
        "INSERT INTO deliveries (queue, routing_key, message_id, body, headers)"
        " VALUES ('planted', '', '', convert_to(%(word)s, 'UTF8'), '{}')",
        word=word,
    )
    yield {"bus.deliveries"}
    execute(stack, "bus", "DELETE FROM deliveries WHERE queue = 'planted'")


@contextmanager
def in_files(stack: Stack, broker: Broker | None, word: str) -> Iterator[set[str]]:
    """A line of a service's log, a mail, a temporary file, and what PostgreSQL says of a mistake."""
    log = next(stack.home.logs.glob("gateway*.log"))
    with log.open("a", encoding="utf-8") as lines:
        lines.write(f'{{"event": "planted", "path": "/api/v1/clients/{word}"}}\n')
    files = [stack.home.mailbox / "planted.eml", temporary(stack) / "planted"]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(word, encoding="utf-8")
    with suppress(psycopg.DataError):
        execute(stack, "clients", f"SELECT '{word}'::uuid")
    folder = stack.home.folder
    yield {f"file: {file.relative_to(folder)}" for file in (log, stack.postgres.log, *files)}
    for file in files:
        file.unlink()


@contextmanager
def in_measures(stack: Stack, broker: Broker | None, word: str) -> Iterator[set[str]]:
    """A label of a process that this one stands in for."""
    registry, port = CollectorRegistry(), reserve_port()
    Counter("planted", "Planted.", ["name"], registry=registry).labels(word).inc()
    server, thread = start_http_server(port, "127.0.0.1", registry)
    stack.ports["planted"] = port
    yield {"measures: planted"}
    del stack.ports["planted"]
    server.shutdown()
    server.server_close()
    thread.join()


WAYS = (in_tables, on_the_bus, in_files, in_measures)


def first_day(practice: Practice, canaries: Canaries) -> str:
    """From a new client to a payment, with a word in every field that takes one; returns the client's id."""
    word = canaries.word
    desk, therapist, biller = practice.owner, practice.people["therapist"], practice.people["biller"]
    phone = f"+1{canaries.phone}"
    desk.post("/client-fields", {"name": "Court order", "type": "text"})
    client_id = str(
        desk.post(
            "/clients",
            {
                "given_name": word("Given"),
                "family_name": word("Family"),
                "preferred_name": word("Called"),
                "pronouns": word("They"),
                "tags": [word("Tag")],
                "custom": {"court_order": word("Own")},
                "date_of_birth": canaries.born,
                "email": f"{word('mail')}@example.test",
                "phone": phone,
                "address": {"line1": word("Street"), "city": word("City"), "state": "NY", "postal_code": "12207"},
                "emergency_contact": {"name": word("Mother"), "relationship": word("Kin"), "phone": phone},
            },
            Idempotency_Key="canaries " + canaries.mark[3:],
        )["id"]
    )
    pays = {
        "given_name": word("Payer"),
        "family_name": word("Of"),
        "email": f"{word('payer')}@example.test",
        "share": {"kind": "percent", "percent": 50},
        "effective_from": "2026-10-01",
    }
    person = desk.post(f"/clients/{client_id}/responsible-people", pays)
    desk.patch(f"/responsible-people/{person['id']}", {"given_name": word("Renamed")})
    desk.put(f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}")
    table = f"First name,Last name,Date of birth,Phone\n{word('Given')},{word('Family')},{canaries.born},{phone}\n"
    begun = desk.call("POST", "/client-imports", files={"file": ("clients.csv", table.encode())})
    assert begun.status_code == 202, begun.text
    case = therapist.post("/cases", {"client_id": client_id, "name": word("Case")})
    closing = {"status": "closed", "closing_reason": "other", "reason": word("Closing")}
    for change in (closing, {"status": "open", "reason": word("Reopening")}):
        therapist.patch(f"/cases/{case['id']}", change)
    therapist.post(f"/cases/{case['id']}/diagnoses", {"code": DIAGNOSIS, "rank": 1, "effective_from": "2026-10-01"})
    objective = {"description": word("Objective"), "measure": word("Log"), "interventions": [{"description": "CBT"}]}
    goals = [{"description": word("Goal"), "objectives": [objective]}]
    body = {"effective_from": "2026-10-01", "problems": [{"description": word("Problem"), "goals": goals}]}
    plan = therapist.post(f"/cases/{case['id']}/treatment-plans", body)
    therapist.post(f"/treatment-plans/{plan['id']}/sign", expect=200)
    group = desk.post("/groups", {"name": word("Group"), "description": word("About")})
    joining = {"on": "2026-10-01", "reason": word("Joins")}
    assert desk.call("PUT", f"/groups/{group['id']}/members/{client_id}", json=joining).status_code == 200
    appointment_id = practice.book(client_id, "2026-10-06T16:00")
    desk.post(f"/appointments/{appointment_id}/status", {"status": "arrived"}, expect=200)
    note = therapist.post(
        f"/appointments/{appointment_id}/notes",
        {"client_id": client_id, "template": "soap", "content": dict.fromkeys(SOAP, word("Text")), "minutes": 55},
    )
    therapist.post(f"/notes/{note['id']}/sign", expect=200, Idempotency_Key="sign " + canaries.mark[3:])
    therapist.post(f"/notes/{note['id']}/addenda", {"text": word("Addendum")})
    invoice = practice.draft_of(appointment_id)
    assert biller.get(f"/invoices/{invoice['id']}")["holds"] == []
    biller.post(f"/invoices/{invoice['id']}/issue", expect=200)
    paid = {"client_id": client_id, "amount_cents": 15_000, "method": "cash", "received_on": "2026-10-08"}
    biller.post("/payments", paid)
    assert biller.get(f"/invoices/{invoice['id']}")["status"] == "paid"
    for service, item_id in raised(practice, client_id).items():
        desk.patch(f"/work-items/{service}/{item_id}", {"comment": word("Comment")})
    found = desk.post("/clients/search", {"query": word("Given")}, expect=200)["items"]
    assert [client["id"] for client in found] == [client_id]
    return client_id


def refusals(practice: Practice, canaries: Canaries) -> None:
    """What goes wrong with such words in it: in bodies, addresses, queries and headers."""
    word, desk = canaries.word, practice.owner
    body = {"given_name": word("Wrong"), "family_name": word("Wrong"), "date_of_birth": "someday " + canaries.born}
    desk.post("/clients", body, expect=422)
    desk.post("/clients", {**body, "date_of_birth": canaries.born, word("field"): 1}, expect=422)
    for path in (f"/clients/{word('Address')}", f"/{word('Nowhere')}", f"/clients?cursor={word('Cursor')}"):
        assert desk.call("GET", path).status_code in (404, 422)
    assert desk.call("GET", f"/clients?query={word('Query')}").status_code in (200, 422)
    assert desk.call("POST", "/clients", data=f'{{"{word("Broken")}'.encode()).status_code in (400, 415, 422)
    assert desk.call("GET", "/clients", headers={"User-Agent": word("Browser"), "Referer": word("From")}).ok
    body = {"email": f"{word('mail')}@example.test", "password": word("Password")}
    ApiClient(practice.url).post("/sessions", body, expect=401)


def parked(stack: Stack, canaries: Canaries, folder: Path, keys: Keys) -> None:
    """An event that waits for its key: sealed under one that no service has."""
    (folder / "bus").mkdir()
    for _ in range(2):
        bus.begin([folder / "bus"])
    (folder / "bus" / "bus.1.key").unlink()
    bus.use(folder / "bus")
    try:
        envelope = envelope_of(
            ClientChanged(new_id(), new_id(), version=1, display_name=canaries.word("Parked"), status="active")
        )
    finally:
        bus.use(keys.bus)
    body = envelope.to_bytes()
    signed = Signer(stack.home.private_key("clients")).sign(body)
    assert stack.keeper is not None
    publisher = connect(stack.keeper.child("clients worker").environment["BUS_URL"]).publisher()
    publisher.publish([Message(envelope.type, body, str(envelope.id), signed)])
    publisher.close()
    for service in ("clinical", "billing"):
        waits = f"SELECT count(*) FROM dead_letters WHERE event_id = '{envelope.id}' AND reason = 'no_key'"
        wait_until(partial(count, stack, service, waits), 10, "the parked event")
        execute(stack, service, "UPDATE dead_letters SET discarded_at = now() WHERE reason = 'no_key'")


def held(stack: Stack, broker: Broker | None, client_id: str) -> bool:
    """Whether the bus holds a message about this client."""
    if broker is not None:
        return any("client_changed.v2" in text and client_id in text for text in tapped(broker.url))
    found = "SELECT 1 FROM deliveries WHERE queue = 'billing' AND strpos(convert_from(body, 'UTF8'), %(client_id)s) > 0"
    return execute(stack, "bus", found, client_id=client_id)


def told(stack: Stack, service: str, name: str) -> bool:
    """Whether a service knows a client of this first name: it has opened what was sealed."""
    # As a parameter: PostgreSQL logs the test's own statements too.
    return execute(stack, service, "SELECT 1 FROM client_copies WHERE strpos(display_name, %(name)s) = 1", name=name)


def execute(stack: Stack, database: str, statement: str, **values: str) -> bool:
    """Run a statement as the superuser; returns whether it found or changed a row."""
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{database}"
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode(), values or None).rowcount > 0
