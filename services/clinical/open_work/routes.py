"""The endpoint of open work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.open_work import queries
from services.clinical.open_work.schemas import OpenWorkSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def get_open_work(session: Session, actor: Person, staff_id: UUID) -> dict[str, Any]:
    """List what would be left undone if this member of staff were gone

    Counts clients, open cases, coming appointments, drafts and treatment plans to review, and names the first of them.
    """
    return queries.open_work(session, actor, staff_id)


ROUTES = (
    Route(
        "GET",
        "/api/v1/staff/{staff_id}/open-work",
        "staff:update",
        get_open_work,
        response=OpenWorkSchema,
        audit="open_work.read",
    ),
)
