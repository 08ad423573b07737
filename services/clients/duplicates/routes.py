"""The endpoints of clients who may be the same person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.duplicates import commands, queries
from services.clients.duplicates.schemas import ClientDuplicateSchema, ClientDuplicatesPage, ClientDuplicatesQuery
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Route


def get_client_duplicates(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List clients who may be the same person

    In pairs, each with what speaks for it. They are found in the background, a few seconds after a client is added or
    changed; of one client up to 20. Only pairs of which the person may see both clients.
    """
    return queries.list_pairs(session, actor, **query)


def get_client_duplicate(session: Session, actor: Caller, duplicate_id: UUID) -> dict[str, Any]:
    """Show two clients who may be the same person

    A pair of which the person may not see both clients is answered like one that does not exist.
    """
    return queries.read_pair(session, actor, duplicate_id)


def post_client_duplicate_dismissal(session: Session, actor: Person, duplicate_id: UUID) -> dict[str, Any]:
    """Say that two clients are not the same person

    The pair is no longer listed, whatever changes in their profiles. Who said so first, and when, stays.
    """
    return commands.dismiss(session, actor, duplicate_id)


def post_client_duplicate_undo(session: Session, actor: Person, duplicate_id: UUID) -> dict[str, Any]:
    """Take back that two clients are not the same person

    The pair is listed again. One that nobody dismissed stays as it is.
    """
    return commands.take_back(session, actor, duplicate_id)


_ALL = "/api/v1/client-duplicates"
_ONE = f"{_ALL}/{{duplicate_id}}"
ROUTES = (
    Route(
        "GET",
        _ALL,
        "clients:read",
        get_client_duplicates,
        query=ClientDuplicatesQuery,
        response=ClientDuplicatesPage,
        audit="client_duplicates.list",
    ),
    Route(
        "GET",
        _ONE,
        "clients:read",
        get_client_duplicate,
        response=ClientDuplicateSchema,
        audit="client_duplicate.read",
    ),
    Route(
        "POST",
        f"{_ONE}/dismiss",
        "clients:merge",
        post_client_duplicate_dismissal,
        response=ClientDuplicateSchema,
        keyed=False,
    ),
    Route(
        "POST",
        f"{_ONE}/undo",
        "clients:merge",
        post_client_duplicate_undo,
        response=ClientDuplicateSchema,
        keyed=False,
    ),
)
