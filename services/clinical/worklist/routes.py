"""The endpoint of the worklist."""

from __future__ import annotations

from typing import Any

from services.clinical.worklist import queries
from services.clinical.worklist.schemas import WorklistPage, WorklistQuery
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def get_worklist(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """List what waits for you

    Shows drafts, past appointments without a note, returned notes, notes to approve or co-sign, plans to sign
    and plans to review, with counts of each kind; `client_id`: about one client alone. `kind=submitted` lists your
    notes that wait for your supervisor.
    """
    return queries.worklist(session, actor, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/worklist",
        "notes:update",
        get_worklist,
        query=WorklistQuery,
        response=WorklistPage,
        audit="worklist.read",
    ),
)
