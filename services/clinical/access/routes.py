"""The endpoint that explains access."""

from __future__ import annotations

from typing import Any

from services.clinical.access import queries
from services.clinical.access.schemas import ExplainQuery, ExplanationsPage
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_access_explanation(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Explain who can see a client, and by which rule

    Names each member of staff with what of the client they can see, and why. Without `staff_id` everybody;
    others than oneself only for those who manage staff.
    """
    return queries.explain(session, actor, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/access/explain",
        "assignments:read",
        get_access_explanation,
        query=ExplainQuery,
        response=ExplanationsPage,
        audit="access.explain",
        example={"client_id": "{client_id}"},
    ),
)
