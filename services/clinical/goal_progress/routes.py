"""The endpoint of a case's goals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.goal_progress import queries
from services.clinical.goal_progress.schemas import GoalsQuery, GoalsSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_goals(session: Session, actor: Caller, case_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List the goals of a case with the sessions that worked on them

    Those of the signed plan in force on a day; none where there is none. A draft of a note ticks them by their keys.
    """
    return queries.goals_on(session, actor, case_id, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/cases/{case_id}/goals",
        "treatment_plans:read",
        get_goals,
        query=GoalsQuery,
        response=GoalsSchema,
        audit="goals.list",
    ),
)
