"""The endpoint that sets a rate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.catalogue import queries
from services.billing.catalogue.rules import Rate
from services.billing.catalogue.schemas import NewRate, ServiceTypeSchema
from services.billing.copies.queries import practice_today
from services.billing.rates import commands
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_rate(session: Session, actor: Person, service_type_id: UUID, body: Rate) -> dict[str, Any]:
    """Add a rate from a day on, or correct it

    What is documented before `effective_from` keeps the earlier rate. On a day that has a rate it corrects that
    rate, while nothing that was issued uses it. Drafts and pending amendments of its days are priced anew.
    """
    changed = commands.set_rate(session, actor, service_type_id, body)
    return queries.as_response(actor, changed, practice_today(session, actor))


ROUTES = (
    Route(
        "POST",
        "/api/v1/service-types/{service_type_id}/rates",
        "service_types:update",
        post_rate,
        body=NewRate,
        response=ServiceTypeSchema,
        status=201,
        makes="/api/v1/service-types/{service_type_id}",
        changes=queries.one_service_type,
        example={"rate_cents": 16500, "effective_from": "2030-01-01"},
    ),
)
