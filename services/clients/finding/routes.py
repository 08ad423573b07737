"""The endpoints that find clients."""

from __future__ import annotations

from typing import Any

from services.clients.finding.schemas import (
    ClientLookup,
    ClientSearch,
    ClientsPage,
    ClientsQuery,
    FoundClientsPage,
    NamedClientsSchema,
)
from services.clients.profiles import queries, search
from services.clients.tags.schemas import ClientTagsPage
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


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


def get_client_tags(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List the tags in use

    Every word that the practice put on clients, with how many have it. Somebody narrowed to assigned clients sees the
    tags of those alone.
    """
    return queries.tags_in_use(session, actor, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/clients",
        "clients:read",
        get_clients,
        query=ClientsQuery,
        response=ClientsPage,
        audit="clients.list",
    ),
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
)
