"""Requests to one service as the gateway would send them: real actor tokens, made with a throw-away key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from urllib3.filepost import encode_multipart_formdata
from werkzeug.test import TestResponse

from shared import data_keys
from shared.actor import Caller, Person, Program
from shared.ids import new_id
from shared.keys import bus, key_folder
from shared.keys.actor_token import HEADER, TokenMaker, body_digest
from shared.keys.event_signature import generate_key_pair
from shared.keys.sealing import fresh_key
from shared.services import SERVICES
from shared.settings import Environment
from shared.testing.databases import ServiceDatabase, load
from shared.testing.documented import check_response, check_service
from shared.testing.janitor import Folder
from shared.web.errors import PROBLEM_TYPE


class Keys:
    """A folder of throw-away key pairs, one per owner, and a bus key, with which this process seals and opens.

    And the key that wraps data keys, with a place for files.
    """

    def __init__(self, owners: Iterable[str] = ("gateway", *SERVICES)) -> None:
        root = Folder("caseload-keys-").path
        self.public = root / "public"
        self.private = root / "private"
        self.public.mkdir()
        self.private.mkdir()
        self.bus = root / "bus"
        self.bus.mkdir()
        bus.begin([self.bus])
        bus.use(self.bus)
        self.data = root / "data"
        self.data.mkdir()
        key_folder.begin([self.data], data_keys.OWNER)
        self.files = root / "files"
        self.files.mkdir()
        for owner in owners:
            generate_key_pair(self.private / f"{owner}.1.pem", self.public / f"{owner}.1.pem")

    def private_file(self, owner: str) -> Path:
        """The private key of `owner`."""
        return self.private / f"{owner}.1.pem"


@dataclass(frozen=True, slots=True)
class ServiceClient:
    """Speaks to a service's WSGI application as one actor; `actor` None is a request before sign-in."""

    application: Any
    tokens: TokenMaker
    service: str
    actor: Caller | None = None
    network: str | None = None  # where the gateway says that requests come from
    address: str | None = None  # within that network
    device: str | None = None  # what the device cookie of a browser holds
    known_devices_only: bool = False  # whether too many sign-ins failed at that address

    def as_actor(
        self,
        *levels: str,
        organization_id: UUID | None = None,
        staff_id: UUID | None = None,
        grants: Iterable[str] = (),
        restricts_administration: bool = False,
        emergency_access: bool = False,
    ) -> ServiceClient:
        """The same application, asked by a member of staff with these levels and grants, under these settings."""
        actor = Person.of_member(
            organization_id or (self.actor.organization_id if self.actor else new_id()),
            staff_id or new_id(),
            {*levels, "default"},
            grants,
            restricts_administration=restricts_administration,
            emergency_access=emergency_access,
            session_id=new_id(),
        )
        return replace(self, actor=actor)

    def as_program(self, *scope: str, organization_id: UUID | None = None) -> ServiceClient:
        """The same application, asked by an API client with these permissions."""
        organization_id = organization_id or (self.actor.organization_id if self.actor else new_id())
        return replace(self, actor=Program(organization_id, new_id(), frozenset(scope), new_id()))

    @property
    def staff_id(self) -> UUID:
        """Which member of staff asks."""
        assert isinstance(self.actor, Person)
        return self.actor.staff_id

    @property
    def actor_id(self) -> UUID:
        """The id by which rows name who asks: a person or a program."""
        assert self.actor is not None
        return self.actor.actor_id

    @property
    def organization_id(self) -> UUID:
        """For which organization."""
        assert self.actor is not None
        return self.actor.organization_id

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET `/api/v1` + path."""
        return self.send("GET", path, query=query)

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """POST; header names are given with underscores."""
        return self.send("POST", path, body, headers)

    def patch(self, path: str, body: dict[str, Any], **headers: str) -> TestResponse:
        """PATCH."""
        return self.send("PATCH", path, body, headers)

    def put(self, path: str, body: dict[str, Any] | None = None) -> TestResponse:
        """PUT."""
        return self.send("PUT", path, body)

    def delete(self, path: str) -> TestResponse:
        """DELETE."""
        return self.send("DELETE", path)

    def upload(
        self, method: str, path: str, file: bytes, texts: dict[str, str] | None = None, **headers: str
    ) -> TestResponse:
        """Send a file, with the texts that go with it; header names are given with underscores."""
        form, content_type = encode_multipart_formdata({**(texts or {}), "file": ("file", file)})
        return self.send(method, path, form, {**headers, "Content-Type": content_type})

    def send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | bytes | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
    ) -> TestResponse:
        """Any request; `body` as bytes goes out as it is."""
        full = path if path.startswith("/internal") else "/api/v1" + path
        content = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""
        subject = "gateway" if full.startswith("/internal") else None
        write = None if method in ("GET", "HEAD") else (method, full, body_digest(content))
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        made = self.tokens.make(
            self.service,
            self.actor,
            subject=subject,
            write=write,
            network=self.network,
            address=self.address,
            device=self.device,
            known_devices_only=self.known_devices_only,
        )
        sent.setdefault(HEADER, made)
        response: TestResponse = self.application.test_client().open(
            full,
            method=method,
            data=content,
            headers=sent,
            query_string={name: _written(value) for name, value in (query or {}).items()},
            content_type=sent.pop("Content-Type", "application/json" if content else None),
        )
        if response.status_code >= 400 and response.mimetype == PROBLEM_TYPE:
            routes = self.application.extensions["caseload_routes"]
            check_service(routes, method, full, orjson.loads(response.data)["code"])
        elif response.status_code < 300 and response.mimetype == "application/json":
            check_response(method, full, response.status_code, response.data)
        return response


def _written(value: Any) -> Any:
    """A value of a query string as other programs write it: Python's own `True` is none of JSON's."""
    return str(value).lower() if isinstance(value, bool) else value


def service_client(database: ServiceDatabase, keys: Keys, **settings: str) -> ServiceClient:
    """The web application of a service on a test database, with these settings besides what it needs."""
    values = {
        "SECRETS_KEY": fresh_key(),
        "DATABASE_URL": database.url("app"),
        "PUBLIC_KEYS_DIR": str(keys.public),
        "BUS_KEYS_DIR": str(keys.bus),
        "DATA_KEYS_DIR": str(keys.data),
        "FILES_DIR": str(keys.files),
        "LOG_LEVEL": "ERROR",
        **settings,
    }
    application = load(database.service).web(Environment(values))
    return ServiceClient(application, TokenMaker(keys.private_file("gateway")), database.service)
