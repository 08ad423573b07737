"""The endpoint of the roster of an appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.rosters import queries
from services.clinical.rosters.schemas import RosterSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_appointment_roster(session: Session, actor: Caller, appointment_id: UUID) -> dict[str, Any]:
    """Read who comes to an appointment

    Each client with what became of it for them, and whether it is documented. Clients whom the person may not see are
    left out.
    """
    return queries.roster_of_appointment(session, actor, appointment_id)


ROUTES = (
    Route(
        "GET",
        "/api/v1/appointments/{appointment_id}/roster",
        "appointments:read",
        get_appointment_roster,
        response=RosterSchema,
        audit="appointment.roster",
    ),
)
