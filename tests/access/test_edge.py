"""What the edge decides by the route row: `If-Match`, a PATCH of nothing, `Location`; on each route, with real rows."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, get_type_hints

import psycopg
import pytest
import requests

from embedded.api_client import ApiClient as Client
from embedded.stack import Stack
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX
from shared.testing.databases import load
from shared.testing.waiting import wait_until
from shared.web.examples import filled
from shared.web.routes import Route
from tests.access.specimens import CASE, CLIENT, SPECIMENS
from tests.access.worlds import API_CLIENT, ASSIGNED, ELSEWHERE, PAYER, UNASSIGNED, Worlds
from tests.architecture.permission_matrix import reviewed
from tests.practice import Practice
from tests.work_items import raised

pytestmark = pytest.mark.timeout(900)
STALE, MALFORMED = '"999999"', '"as I left it"'
Records = dict[str, str]

# Where the specimen would change nothing, or asks for what is not there.
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /cases/{case_id}": {"name": "Renamed"},
    "PATCH /appointments/{appointment_id}": {"staff_id": "{colleague_id}"},
    "PATCH /notes/{note_id}": {"minutes": 54},
    "PATCH /service-types/{service_type_id}": {"name": "Psychotherapy, an hour"},
    "PATCH /invoices/{invoice_id}": {"memo": "Thank you."},
    "POST /invoices/{invoice_id}/apply-credit": {"amount_cents": 1},
    "POST /invoices/{invoice_id}/amendments/{amendment_id}/accept": {"override": {"reason": "As documented."}},
}
MAKING: dict[str, dict[str, Any]] = {
    "POST /api-clients": API_CLIENT,
    "POST /staff/{staff_id}/licences": {"number": "L-9", "state": "NJ", "expires_on": "2035-01-01"},
    "POST /service-types/{service_type_id}/rates": {"rate_cents": 1, "effective_from": "2031-01-01"},
    "POST /clients/{client_id}/responsible-people": {**PAYER, "given_name": "Luis", "share": {"kind": "rest"}},
    "POST /payments/{payment_id}/refunds": {"amount_cents": 1, "reason": "Paid twice."},
}
# What the present state refuses also without the header.
REFUSED = {
    "POST /notes/{note_id}/take-over": "not_orphaned",
    "DELETE /responsible-people/{responsible_person_id}": "was_in_force",
    # Of a note that nobody supervises: test_clinical_supervision.py has those that somebody does.
    "POST /notes/{note_id}/submit": "note_signed",
    "POST /notes/{note_id}/withdraw": "not_submitted",
    "POST /notes/{note_id}/return": "own_note",
    "POST /notes/{note_id}/approve": "own_note",
    "POST /notes/{note_id}/co-sign": "own_note",
    "POST /clients/{client_id}/offers": "not_waiting",
}


# What is for the owner, though everybody may do it to theirs.
OWNERS = {f"PATCH /work-items/{service}/{{item_id}}" for service in ("clients", "clinical")}
# What the specimen does not make, and why.
NOT_MADE = {
    "POST /assignments": "it names no client: test_clients_jobs.py",
    "POST /clients/{client_id}/merge": "it names one client twice: test_clients_merged.py",
    "POST /client-merges/{merge_id}/undo": "there is no merge: test_clients_merged.py",
    "POST /client-imports": "it sends a file: test_clients_import.py",
    "POST /me/passkeys": "made by a browser: test_identity_passkeys.py",
    "POST /clients/{client_id}/break-glass": "the practice does not allow it: test_clinical_break_glass.py",
    "POST /appointments/{appointment_id}/draft-invoice": "it is billed: test_billing_unbilled.py",
}


def every_route() -> dict[str, tuple[str, Route]]:
    """Each row of the table: name -> service and route."""
    by_name = {
        (service, route.method, route.path): route
        for service in ("identity", "clients", "clinical", "billing")
        for route in load(service).routes
    }
    return {row.name: (row.service, by_name[row.service, row.method, PREFIX + row.path]) for row in ROUTE_TABLE}


def routes() -> dict[str, tuple[str, Route]]:
    """Those that change a thing with a version."""
    return {name: found for name, found in every_route().items() if found[1].changes is not None}


@dataclass(frozen=True, slots=True)
class Thing:
    """The row that a route changes."""

    stack: Stack
    service: str
    table: str
    where: str

    @classmethod
    def of(cls, stack: Stack, service: str, route: Route, records: Records, practice: Practice, staff_id: str) -> Thing:
        """By what the route's reader returns and asks for: the last id that it names, else oneself or the practice."""
        assert route.changes is not None
        table = get_type_hints(route.changes)["return"].__tablename__
        named = [name for name in inspect.signature(route.changes).parameters if name.endswith("_id")]
        if named:
            where = f"id = '{records[named[-1]]}'"
        else:
            where = f"id = '{staff_id}'" if table == "staff" else f"organization_id = '{practice.organization_id}'"
        return cls(stack, service, table, where)

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """The superuser's, which ends with what it did kept."""
        with psycopg.connect(self.stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{self.service}") as connection:
            yield connection

    def version(self) -> int:
        """Its version now."""
        with self.connection() as connection:
            found = connection.execute(f"SELECT version FROM {self.table} WHERE {self.where}".encode()).fetchone()
        assert found is not None, self
        return int(found[0])

    def whole(self) -> str:
        """All of it."""
        with self.connection() as connection:
            return str(connection.execute(f"SELECT t::text FROM {self.table} t WHERE {self.where}".encode()).fetchone())

    def overtaken(self, send: Callable[[], requests.Response]) -> requests.Response:
        """The answer to a request that finds the row locked by somebody who makes another version of it."""
        answers: list[requests.Response] = []
        with self.connection() as connection:
            connection.execute(f"UPDATE {self.table} SET version = version + 1 WHERE {self.where}".encode())
            sender = threading.Thread(target=lambda: answers.append(send()))
            sender.start()
            wait_until(lambda: answers or self._somebody_waits(), 5, "the request at the lock")
        sender.join()
        return answers[0]

    def _somebody_waits(self) -> bool:
        with self.connection() as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ).fetchone()
        return found is not None


@pytest.fixture(scope="module")
def worlds(embedded_stack: Stack) -> Worlds:
    return Worlds.build(embedded_stack, principals=False)


@pytest.fixture(scope="module")
def records(worlds: Worlds) -> Iterator[dict[str, Records]]:
    """For each route the records in a state in which it can be done, in the order of the table."""
    practice = worlds.home
    usual = worlds.of(ASSIGNED)
    client_id, _ = practice.new_client()
    draft = practice.draft_note(practice.book(client_id, "2026-09-28T10:00"), client_id)
    booked = practice.book(client_id, "2026-09-29T10:00")
    unbilled = practice.draft_note(practice.book(client_id, "2026-09-23T10:00"), client_id)
    practice.people["therapist"].post(f"/notes/{unbilled}/sign", expect=200)
    payment = {"client_id": client_id, "amount_cents": 100, "method": "cash", "received_on": "2026-09-30"}
    practice.owner.post("/payments", payment)  # nothing is owed yet: credit
    first, second = (practice.draft_of(practice.document(client_id, f"2026-09-{day}T15:00"))["id"] for day in (24, 25))
    practice.owner.post(f"/invoices/{second}/issue", expect=200)
    foreign, plan = _foreign_draft(practice), _draft_plan(practice, usual["case_id"])
    colleague = {"colleague_id": practice.staff_ids["colleague"]}
    items = raised(practice, client_id)
    yield {
        **dict.fromkeys(routes(), usual),
        **{
            f"PATCH /work-items/{service}/{{item_id}}": {**usual, "item_id": item_id}
            for service, item_id in items.items()
        },
        "POST /appointments/{appointment_id}/status": {**usual, "appointment_id": booked},
        "PATCH /appointments/{appointment_id}": {**usual, **colleague, "appointment_id": booked},
        "PATCH /notes/{note_id}": {**usual, "note_id": draft},
        "POST /notes/{note_id}/take-over": {**usual, "note_id": foreign},
        "POST /notes/{note_id}/sign": {**usual, "note_id": draft},
        "POST /notes/{note_id}/reopen": {**usual, "note_id": unbilled},
        "POST /notes/{note_id}/discard": {**usual, "note_id": unbilled},
        "PATCH /treatment-plans/{plan_id}": {**usual, "plan_id": plan},
        "POST /treatment-plans/{plan_id}/discard": {**usual, "plan_id": plan},
        "PATCH /invoices/{invoice_id}": {**usual, "invoice_id": first},
        "POST /invoices/{invoice_id}/issue": {**usual, "invoice_id": first},
        "POST /invoices/{invoice_id}/void": {**usual, "invoice_id": first},
        "POST /invoices/{invoice_id}/apply-credit": {**usual, "invoice_id": second},
    }


def _draft_plan(practice: Practice, case_id: str) -> str:
    """A plan that nobody has signed."""
    body = {"effective_from": "2026-01-01", "problems": [{"description": "Worries."}]}
    return str(practice.people["therapist"].post(f"/cases/{case_id}/treatment-plans", body)["id"])


def _foreign_draft(practice: Practice) -> str:
    """A draft of somebody who may well finish it, on a case of the therapist's."""
    colleague = practice.add("colleague", "therapist")
    client_id, case_id = practice.new_client()
    practice.owner.put(f"/clients/{client_id}/staff/{practice.staff_ids['colleague']}")
    wait_until(lambda: colleague.call("GET", f"/cases/{case_id}").status_code == 200, 20, "the case")
    appointment_id = practice.book(client_id, "2026-09-27T10:00", "colleague")
    return practice.draft_note(appointment_id, client_id, "colleague")


def address(name: str, records: Records) -> str:
    """The row's path with the records' ids."""
    named = with_named(name, records)
    return re.sub(r"{(\w+)}", lambda match: named[match.group(1)], name.split(" ")[1])


def sender(name: str, person: Client, records: Records) -> Callable[..., requests.Response]:
    """Sends the row's specimen with an `If-Match`, and with an `Idempotency-Key` where one is given."""
    specimen, method, path = SPECIMENS[name], name.split(" ", maxsplit=1)[0], address(name, records)
    body = filled(BODIES.get(name) or specimen.body, {"colleague_id": records["staff_id"], **records})

    def send(tag: str | None, key: str | None = None) -> requests.Response:
        headers = {"If-Match": tag, "Idempotency-Key": key}
        return person.call(method, path, json=body, headers={name: value for name, value in headers.items() if value})

    return send


def with_named(name: str, records: Records) -> Records:
    """The records by the placeholders of the path."""
    specimen = SPECIMENS[name]
    return records if specimen.gone else {**records, **{field: records[name] for field, name in specimen.named.items()}}


def test_each_route(embedded_stack: Stack, worlds: Worlds, records: dict[str, Records]) -> None:
    """Another version, no version, an overtaken one: 412, nothing changed. The present one: done, and once only;
    with the same key the answer is given again, to somebody who may still see the thing.

    A PATCH of nothing changes nothing, the version included.
    """
    practice = worlds.home
    for name, (service, route) in routes().items():
        who = "therapist" if reviewed()[name].allows("therapist", frozenset()) and name not in OWNERS else "owner"
        thing = Thing.of(
            embedded_stack, service, route, with_named(name, records[name]), practice, practice.staff_ids[who]
        )
        send = sender(name, practice.people[who], records[name])
        before = thing.whole()
        for tag in (STALE, MALFORMED):
            response = send(tag)
            assert (response.status_code, response.json()["code"]) == (412, "stale"), (name, response.text)
        assert thing.whole() == before, name
        if route.method == "PATCH":
            nothing = practice.people[who].call("PATCH", address(name, records[name]), json={})
            assert nothing.status_code == 200 and thing.whole() == before, (name, nothing.text)
        overtaken = thing.overtaken(lambda: send(f'"{thing.version()}"'))  # noqa: B023 - called within this turn
        assert overtaken.status_code == 412, (name, overtaken.text)
        version = thing.version()
        response = send(f'W/"{version}"', name)
        if name in REFUSED:
            assert response.json()["code"] == REFUSED[name], (name, response.text)
            continue
        assert response.status_code < 300, (name, response.text)
        if response.content and "version" in response.json():
            assert response.headers["ETag"] == f'"{response.json()["version"]}"', name
        after = thing.whole()
        assert after != before and thing.version() > version, name
        assert send(f'"{version}"').status_code == 412 and thing.whole() == after, name
        if route.takes_keys:
            again = send(f'W/"{version}"', name)
            assert (again.status_code, again.content) == (response.status_code, response.content), (name, again.text)


def test_what_came_to_be_is_read_at_its_location(worlds: Worlds) -> None:
    """Also when the answer is given again for an Idempotency-Key."""
    practice, usual = worlds.home, worlds.of(ASSIGNED)
    client_id, _ = practice.new_client()
    in_error, _ = practice.new_client()
    other = {
        "DELETE /clients/{client_id}": {"client_id": in_error},
        "POST /staff/{staff_id}/invitation": {"staff_id": usual["invited_id"]},
        "POST /payments/{payment_id}/refunds": {"payment_id": usual["credit_id"]},
        "POST /appointments": {"client_id": client_id},  # with one open case
        "POST /appointments/{appointment_id}/notes": {
            "appointment_id": practice.book(client_id, "2026-09-26T08:00"),
            "client_id": client_id,
        },
    }
    there = {name for name, specimen in SPECIMENS.items() if not (specimen.gone and specimen.named)}
    made = [name for name, (_, route) in every_route().items() if route.makes is not None and name in there]
    assert len(made) > 20
    for name in made:
        records = {**usual, **other.get(name, {})}
        person = practice.people["therapist" if reviewed()[name].allows("therapist", frozenset()) else "owner"]
        body = SPECIMENS[name].body
        ask = {"headers": {"Idempotency-Key": f"made by {name}"}, "json": MAKING.get(name) or filled(body, records)}
        method, route = name.partition(" ")[0], every_route()[name][1]
        first, again = (person.call(method, address(name, records), **ask) for _ in range(2))
        if name in NOT_MADE:
            assert "Location" not in first.headers and first.status_code >= 400, name
            continue
        assert first.status_code == again.status_code == route.status, (name, first.text)
        if route.takes_keys:
            assert again.headers["Idempotency-Replayed"] == "true", name
            assert first.headers["Location"] == again.headers["Location"], name
        found = person.session.get(f"{practice.url}{first.headers['Location']}", timeout=30)
        assert found.status_code == 200, (name, first.headers["Location"], found.text)
        if "id" in first.json() and "id" in found.json():
            assert found.json()["id"] == first.json()["id"] or found.json()["id"] in first.headers["Location"], name


def test_a_hidden_thing_has_no_version(worlds: Worlds) -> None:
    """To another practice, and to somebody who sees assigned clients only, any version is as unknown as the thing."""
    narrowed = worlds.home.add("narrowed", "therapist", grants=["assigned_only"])
    for name in routes():
        if "{" not in name:
            continue
        known = worlds.of(ELSEWHERE)
        elsewhere = {**known, "item_id": known["client_id"]}  # another practice's items: test_clinical_work_items.py
        for tag in (STALE, MALFORMED, '"1"'):
            assert sender(name, worlds.home.owner, elsewhere)(tag).status_code in (403, 404), name
        if SPECIMENS[name].about in (CLIENT, CASE) and reviewed()[name].allows("therapist", frozenset()):
            for tag in (STALE, '"1"'):
                assert sender(name, narrowed, worlds.of(UNASSIGNED))(tag).status_code == 404, name


@pytest.mark.abuse("A-ROLE-overwritten-unseen")
def test_a_cancellation_is_not_overwritten_unseen(worlds: Worlds) -> None:
    practice = worlds.home
    client_id, _ = practice.new_client()
    path = f"/appointments/{practice.book(client_id, '2026-11-10T10:00')}"
    seen = practice.owner.call("GET", path).headers["ETag"]
    practice.people["desk"].post(f"{path}/status", {"status": "cancelled", "reason": "ill"}, expect=200)
    practice.owner.post(f"{path}/status", {"status": "confirmed"}, expect=412, If_Match=seen)
    kept = practice.owner.get(path)
    assert (kept["status"], kept["status_reason"]) == ("cancelled", "ill")


def test_what_has_no_version_takes_no_header(worlds: Worlds) -> None:
    body = {"given_name": "N", "family_name": "N", "date_of_birth": "1990-01-01"}
    refused = worlds.home.owner.post("/clients", body, expect=422, If_Match='"1"')
    assert refused["errors"][0]["field"] == "If-Match"
    worlds.home.owner.post("/clients", body, If_Match="*")
    assert worlds.home.owner.call("GET", "/clients", headers={"If-Match": '"1"'}).status_code == 200
