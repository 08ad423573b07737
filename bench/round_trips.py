"""What a request costs its service: round trips to PostgreSQL, which no noise changes, and processor time.

The service's application runs in this process, on the stack's database, behind a door that counts. Gateway, HTTP server
and PostgreSQL are not in the processor time: it is the service's own.
"""

from __future__ import annotations

import io
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import make_url

from bench.measuring import Missed, head, row
from bench.profiles import where_it_goes
from embedded.stack import Stack
from shared import clock
from shared.actor import Person
from shared.ids import new_id
from shared.keys.actor_token import HEADER, TokenMaker, body_digest
from shared.settings import Environment
from shared.testing.databases import load
from shared.testing.round_trips import CountingDoor
from tests.practice import Practice

TIMES: Final = 60
WARM: Final = 12  # psycopg prepares a statement at its sixth time
REMEDY: Final = "reads that are surely made, together in one statement; constant text in place of composed statements."
AGAIN: Final = ("read a client, audited", "take a payment")  # what can be done again and again while it is profiled
WEEK: Final = {"from": "2030-05-06", "to": "2030-05-12"}


@dataclass(frozen=True, slots=True)
class Direct:
    """Requests to a service's application in this process, as the gateway would send them."""

    service: str
    application: Callable[..., Any]
    tokens: TokenMaker
    actor: Person
    door: CountingDoor

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, query: str = "") -> Any:
        """The JSON that a request is answered with; raises `AssertionError` for a refusal."""
        full, content = f"/api/v1{path}", orjson.dumps(body) if body is not None else b""
        environ = self._environ(method, full, content, query)
        status: list[str] = []
        parts = self.application(environ, lambda code, _headers, _error=None: status.append(code))
        content = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        assert status[0].startswith("2"), (status, content)
        return orjson.loads(content) if content else None

    def _environ(self, method: str, full: str, content: bytes, query: str) -> dict[str, Any]:
        write = None if method == "GET" else (method, full, body_digest(content))
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": full,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_ACCEPT": "*/*",
            "CONTENT_TYPE": "application/json" if content else "",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "HTTP_" + HEADER.upper().replace("-", "_"): self.tokens.make(self.service, self.actor, write=write),
        }


@contextmanager
def direct(stack: Stack, practice: Practice) -> Iterator[dict[str, Direct]]:
    """Each service that has a practice's data, asked by its owner."""
    made, doors = {}, []
    owner = person(practice, "owner", "organization_administration")
    for service in ("clients", "clinical", "billing"):
        url = make_url(stack.database_url(service, "app"))
        door = CountingDoor(str(url.host), int(url.port or 0))
        doors.append(door)
        settings = {
            "DATABASE_URL": url.set(port=door.port).render_as_string(hide_password=False),
            "SECRETS_KEY": stack.home.secrets_key(),
            "PUBLIC_KEYS_DIR": str(stack.home.public_keys),
            "BUS_KEYS_DIR": str(stack.home.bus_keys()),
            "LOG_LEVEL": "CRITICAL",
        }
        tokens = TokenMaker(stack.home.private_key("gateway"))
        made[service] = Direct(service, load(service).web(Environment(settings)), tokens, owner, door)
    try:
        yield made
    finally:
        for door in doors:
            door.close()


@dataclass(frozen=True, slots=True)
class Cost:
    """Round trips and milliseconds of the service's processor time, each the median of its requests."""

    round_trips: float
    processor_ms: float


def cost_of(service: Direct, send: Callable[[], object], times: int = TIMES, warm: int = WARM) -> Cost:
    """What `send`, which sends one request, costs."""
    for _ in range(warm):
        send()
    trips, taken = [], []
    for _ in range(times):
        before, started = service.door.round_trips, time.thread_time()
        send()
        taken.append((time.thread_time() - started) * 1000)
        trips.append(service.door.round_trips - before)
    return Cost(statistics.median(trips), statistics.median(taken))


def measure(stack: Stack, practice: Practice) -> None:
    """Print round trips and processor time of the commonest requests, each in its service."""
    client_id, _ = practice.new_client()
    for day in range(6, 11):
        for hour in range(8, 16):
            practice.book(client_id, f"2030-05-{day:02}T{hour:02}:00", duration_minutes=50)
    days = [f"{1 + at // 28:02}-{1 + at % 28:02}T09:00" for at in range(TIMES + WARM)]
    drafts = [practice.draft_note(practice.book(client_id, f"2019-{day}"), client_id) for day in days]
    documented = [practice.document(client_id, f"2018-{day}") for day in days]
    invoices = [practice.draft_of(appointment_id)["id"] for appointment_id in documented]
    staff_id = practice.staff_ids["therapist"]
    new_client = {"given_name": "Ada", "family_name": "Bench", "date_of_birth": "1990-01-02"}
    appointment = {"client_ids": [client_id], "staff_id": staff_id, "service_type_id": practice.service_type_id}
    payment = {"client_id": client_id, "amount_cents": 100, "method": "cash"}
    payment["received_on"] = str(clock.today("America/New_York"))
    free = [{**appointment, "starts_at_local": f"2031-{day}"} for day in days]
    week = f"from={WEEK['from']}&to={WEEK['to']}&staff_ids={staff_id}"
    head("Requests in their service: round trips to PostgreSQL · the service's own processor time")
    with direct(stack, practice) as services:
        clients, clinical, billing = (services[name] for name in ("clients", "clinical", "billing"))
        signer = replace(clinical, actor=person(practice, "therapist", "therapist"))
        for name, service, send, goal in (
            ("read a client, audited", clients, partial(clients.send, "GET", f"/clients/{client_id}"), (3, 0.9)),
            ("create a client", clients, partial(clients.send, "POST", "/clients", new_client), None),
            ("search clients", clients, partial(clients.send, "POST", "/clients/search", {"query": "ada"}), None),
            ("a clinician's week of 40", clinical, partial(clinical.send, "GET", "/agenda", query=week), None),
            ("book an appointment", clinical, lambda: clinical.send("POST", "/appointments", free.pop()), None),
            ("sign a note", signer, lambda: signer.send("POST", f"/notes/{drafts.pop()}/sign"), (9, None)),
            (
                "issue an invoice",
                billing,
                lambda: billing.send("POST", f"/invoices/{invoices.pop()}/issue", {}),
                (14, None),
            ),
            ("take a payment", billing, partial(billing.send, "POST", "/payments", payment), (11, None)),
            ("balance and ledger", billing, partial(billing.send, "GET", f"/clients/{client_id}/ledger"), None),
            ("a page of invoices", billing, partial(billing.send, "GET", "/invoices"), None),
        ):
            cost = cost_of(service, send)
            trips, milliseconds = goal or (math.inf, None)
            row(
                name,
                f"{cost.round_trips:g} · {cost.processor_ms:.2f} ms",
                "",
                f"≤ {trips}" + (f" · ≤ {milliseconds} ms" if milliseconds else "") if goal else "",
                met=cost.round_trips <= trips and cost.processor_ms <= (milliseconds or math.inf) if goal else None,
                missed=Missed(REMEDY, partial(_profile, send) if name in AGAIN else None),
            )


def _profile(send: Callable[[], object]) -> list[str]:
    return where_it_goes({"the service, in the bench's own process": os.getpid()}, send)


def person(practice: Practice, name: str, level: str) -> Person:
    """That member of staff, with a session of their own."""
    return Person(
        organization_id=UUID(practice.organization_id),
        staff_id=UUID(practice.staff_ids[name]),
        levels=frozenset({"default", level}),
        session_id=new_id(),
    )
