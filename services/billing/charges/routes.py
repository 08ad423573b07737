"""The endpoint that says what some minutes of a service come to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.charges import queries
from services.billing.charges.schemas import PricedMinutesSchema, UnitsPreview
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def post_units_preview(session: Session, actor: Caller, service_type_id: UUID, body: queries.Minutes) -> dict[str, Any]:
    """Preview the units and the charge of some minutes

    Counts the minutes as billing will, and prices them for those who read invoices. A POST that changes nothing.
    """
    return queries.units_preview(session, actor, service_type_id, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/service-types/{service_type_id}/units-preview",
        "service_types:read",
        post_units_preview,
        body=UnitsPreview,
        response=PricedMinutesSchema,
        audit="charge.preview",
        reads=True,
        example={"minutes": 50},
    ),
)
