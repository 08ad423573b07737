"""The endpoint of one's own sessions."""

from __future__ import annotations

from typing import Any

from services.clinical.own_sessions import queries
from services.clinical.own_sessions.schemas import GivenSessionsQuery, GivenSessionsSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def get_own_sessions_by_day(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """Count your kept sessions by day

    Appointments of yours that were kept. No client is named.
    """
    return queries.by_day(session, actor, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/agenda/own-by-day",
        "notes:update",
        get_own_sessions_by_day,
        query=GivenSessionsQuery,
        response=GivenSessionsSchema,
        audit="own_sessions_by_day.read",
        example={"from": "2026-10-01", "to": "2026-10-31"},
    ),
)
