"""The endpoints of access: its history and its preview."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.staff_access import queries
from services.identity.staff_access.schemas import AccessHistoryPage, AccessPreviewSchema, AccessProposal
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_access_history(session: Session, actor: Caller, staff_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """How a member's levels and grants changed

    Newest first, each change with who made it. For those who manage staff, and for the person.
    """
    return queries.history_of(session, actor, staff_id, **query)


def post_access_preview(session: Session, actor: Person, body: dict[str, Any]) -> dict[str, Any]:
    """What levels and grants would come to for somebody new

    Shows the permissions that these levels and grants come to, and the refusal that an invitation with them
    would meet. Changes nothing.
    """
    return queries.preview(session, actor, None, **body)


def post_member_access_preview(session: Session, actor: Person, staff_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """What other levels and grants would come to for a member

    Shows the permissions that these levels and grants come to, and the refusal that saving them would meet.
    Changes nothing.
    """
    return queries.preview(session, actor, staff_id, **body)


ROUTES = (
    Route(
        "GET",
        "/api/v1/staff/{staff_id}/access-history",
        "staff:read",
        get_access_history,
        query=PageQuery,
        response=AccessHistoryPage,
        audit="access_history.read",
    ),
    Route(
        "POST",
        "/api/v1/access-preview",
        "staff:create",
        post_access_preview,
        body=AccessProposal,
        response=AccessPreviewSchema,
        audit="access.preview",
        reads=True,
        example={"levels": ["billing"]},
    ),
    Route(
        "POST",
        "/api/v1/staff/{staff_id}/access-preview",
        "staff:update",
        post_member_access_preview,
        body=AccessProposal,
        response=AccessPreviewSchema,
        audit="access.preview_member",
        reads=True,
        example={"levels": ["billing"]},
    ),
)
