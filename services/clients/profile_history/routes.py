"""The endpoint of the history of a client's basic data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.profile_history import queries
from services.clients.profile_history.schemas import ProfileChangesPage
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_client_history(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List changes of a client's basic data

    Who changed which field when, with its value before and after, the practice's own fields among them. What was
    changed of clients who were merged into this one stands here too.
    """
    return queries.history_of(session, actor, client_id, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/clients/{client_id}/history",
        "clients:read",
        get_client_history,
        query=PageQuery,
        response=ProfileChangesPage,
        audit="client.history",
    ),
)
