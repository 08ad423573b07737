"""The endpoints of related clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.profiles.queries import one_client
from services.clients.relations import commands, queries
from services.clients.relations.schemas import RelatedClientSchema, RelatedClientsPage, RelationSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_related_clients(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List related clients

    Who belongs to the client, and what they are to them; archived clients too. A client whom the person may not see
    is left out.
    """
    one_client(session, actor, client_id)
    return queries.of_client(session, actor, client_id, **query)


def put_related_client(
    session: Session, actor: Caller, client_id: UUID, related_client_id: UUID, body: dict[str, Any]
) -> dict[str, Any]:
    """Relate two clients

    Says what the related client is to this one, in place of what was said before. Seen from the other client it stands
    the other way round: whose child somebody is, is their parent. It opens no record to anybody.
    """
    return commands.relate(session, actor, client_id, related_client_id, body["kind"])


def delete_related_client(session: Session, actor: Caller, client_id: UUID, related_client_id: UUID) -> None:
    """Remove a related client

    The two no longer belong together, seen from either. Their records stay as they are.
    """
    commands.part(session, actor, client_id, related_client_id)


_ALL = "/api/v1/clients/{client_id}/related-clients"
_ONE = _ALL + "/{related_client_id}"
ROUTES = (
    Route(
        "GET",
        _ALL,
        "clients:read",
        get_related_clients,
        query=PageQuery,
        response=RelatedClientsPage,
        audit="related_clients.list",
    ),
    Route(
        "PUT",
        _ONE,
        "clients:update",
        put_related_client,
        body=RelationSchema,
        response=RelatedClientSchema,
        example={"kind": "sibling"},
    ),
    Route("DELETE", _ONE, "clients:update", delete_related_client, status=204),
)
