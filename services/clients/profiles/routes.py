"""The endpoints of one client."""

from __future__ import annotations

from uuid import UUID

from services.clients.families.queries import held_by
from services.clients.profiles import commands, queries
from services.clients.profiles.commands import ClientChanges, ClientDetails
from services.clients.profiles.models import Client
from services.clients.profiles.schemas import (
    ClientPatch,
    ClientSchema,
    CreatedClientSchema,
    HeldRecordsSchema,
    NewClient,
    OneClientSchema,
)
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.routes import Dumped, Route


def post_client(session: Session, actor: Caller, body: ClientDetails) -> Dumped:
    """Add a client

    Adds somebody who comes to the practice. The answer names clients who may be the same person, with the
    reason. Somebody who sees assigned clients only is assigned to the client they add.
    """
    client = commands.create_client(session, actor, body)
    duplicates = queries.possible_duplicates(session, actor, client)
    audit.describe(session, client_ids=[duplicate["id"] for duplicate in duplicates])
    return Dumped(dump(ClientSchema, client), possible_duplicates=[{**d, "id": str(d["id"])} for d in duplicates])


def get_client(session: Session, actor: Caller, client_id: UUID) -> Dumped:
    """Read a client's basic data

    A client whom the person may not see is answered like one that does not exist.
    """
    client, holds = queries.one_client_and_whether_they_hold(session, actor, client_id)
    return _with_held(session, client) if holds else Dumped(dump(ClientSchema, client), merged=[])


def patch_client(session: Session, actor: Caller, client_id: UUID, body: ClientChanges) -> Dumped:
    """Change a client's basic data

    Fields that are left out stay.
    """
    return _with_held(session, commands.change_client(session, actor, client_id, body))


def _with_held(session: Session, client: Client) -> Dumped:
    """A client with those whose records they hold too."""
    held = held_by(session, client.organization_id, client.id)
    return Dumped(dump(ClientSchema, client), merged=[dump(HeldRecordsSchema, each) for each in held])


_ONE = "/api/v1/clients/{client_id}"
ROUTES = (
    Route(
        "POST",
        "/api/v1/clients",
        "clients:create",
        post_client,
        body=NewClient,
        response=CreatedClientSchema,
        status=201,
        makes="/api/v1/clients/{client_id}",
        example={"given_name": "Rosa", "family_name": "Quint", "date_of_birth": "1990-01-02", "phone": "+12125550142"},
    ),
    Route("GET", _ONE, "clients:read", get_client, response=OneClientSchema, audit="client.read"),
    Route(
        "PATCH",
        _ONE,
        "clients:update",
        patch_client,
        body=ClientPatch,
        response=OneClientSchema,
        changes=queries.one_client,
        example={"preferred_name": "Ada"},
    ),
)
