"""The endpoints of clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.profiles import commands, queries, search
from services.clients.profiles.commands import ClientChanges, ClientDetails
from services.clients.profiles.models import Client
from services.clients.profiles.schemas import (
    ClientLookup,
    ClientPatch,
    ClientSchema,
    ClientSearch,
    ClientsPage,
    ClientsQuery,
    CreatedClientSchema,
    FoundClientsPage,
    NamedClientsSchema,
    NewClient,
)
from services.clients.tags.schemas import ClientTagsPage
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.paging import PageQuery
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


def get_clients(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List clients

    By family name. Somebody narrowed to assigned clients sees those alone. With `sort=waiting_since` it is the waiting
    list: prospective clients who wait, the longest first.
    """
    return queries.list_clients(session, actor, **query)


def post_client_search(session: Session, actor: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Search clients by name, phone, birth date or number

    Everything in the query must fit one client. Each word begins some part of their names. A date, as `1990-05-02` or
    `5/2/1990`, is their birthday. Four or more digits are the beginning or the end of their phone, or their number; a
    client with that number comes first. A POST, so that none of it stands in an address; it changes nothing.
    """
    return search.search_clients(session, actor, **body)


def post_client_lookup(session: Session, actor: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Look clients up by their ids

    Names, numbers and states of up to 200 clients at once. Clients whom the person may not see are left out, like
    those that do not exist. A POST, because the ids are many; it changes nothing.
    """
    return queries.look_up(session, actor, body["ids"])


def get_client(session: Session, actor: Caller, client_id: UUID) -> Client:
    """Read a client's basic data

    A client whom the person may not see is answered like one that does not exist.
    """
    return queries.one_client(session, actor, client_id)


def get_client_tags(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List the tags in use

    Every word that the practice put on clients, with how many have it. Somebody narrowed to assigned clients sees the
    tags of those alone.
    """
    return queries.tags_in_use(session, actor, **query)


def patch_client(session: Session, actor: Caller, client_id: UUID, body: ClientChanges) -> Client:
    """Change a client's basic data

    Fields that are left out stay.
    """
    return commands.change_client(session, actor, client_id, body)


_ALL = "/api/v1/clients"
_ONE = "/api/v1/clients/{client_id}"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "clients:create",
        post_client,
        body=NewClient,
        response=CreatedClientSchema,
        status=201,
        makes="/api/v1/clients/{client_id}",
        example={"given_name": "Rosa", "family_name": "Quint", "date_of_birth": "1990-01-02", "phone": "+12125550142"},
    ),
    Route("GET", _ALL, "clients:read", get_clients, query=ClientsQuery, response=ClientsPage, audit="clients.list"),
    Route(
        "POST",
        "/api/v1/clients/search",
        "clients:read",
        post_client_search,
        body=ClientSearch,
        response=FoundClientsPage,
        audit="clients.search",
        reads=True,
        example={"query": "ada"},
    ),
    Route(
        "POST",
        "/api/v1/clients/lookup",
        "clients:read",
        post_client_lookup,
        body=ClientLookup,
        response=NamedClientsSchema,
        audit="clients.lookup",
        reads=True,
        example={"ids": ["{client_id}"]},
    ),
    Route(
        "GET",
        "/api/v1/client-tags",
        "clients:read",
        get_client_tags,
        query=PageQuery,
        response=ClientTagsPage,
        audit="client_tags.list",
    ),
    Route("GET", _ONE, "clients:read", get_client, response=ClientSchema, audit="client.read"),
    Route(
        "PATCH",
        _ONE,
        "clients:update",
        patch_client,
        body=ClientPatch,
        response=ClientSchema,
        changes=queries.one_client,
        example={"preferred_name": "Ada"},
    ),
)
