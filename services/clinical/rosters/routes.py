"""The endpoints of booking, and of the roster of an appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.agenda.commands import Booking
from services.clinical.agenda.routes import shown_with_warnings
from services.clinical.agenda.schemas import BookedAppointmentSchema
from services.clinical.rosters import commands, queries
from services.clinical.rosters.schemas import NewAppointment, RosterSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Dumped, Route


def post_appointment(session: Session, actor: Caller, body: Booking) -> Dumped:
    """Book an appointment

    Books a clinician and one or more clients, or a group: then everybody comes who belongs to it on that day. Where the
    clinician or a client is busy, or the practice is closed, the request is refused with `conflict`; somebody with
    `appointments:override` can book with a reason. The clinician is somebody who signs notes; where they are not
    assigned to a client, `warnings` says so. A client's only open case becomes the appointment's; of several, the note
    names one.
    """
    return shown_with_warnings(session, actor, *commands.book(session, actor, body))


def get_appointment_roster(session: Session, actor: Caller, appointment_id: UUID) -> dict[str, Any]:
    """Read who comes to an appointment

    Each client with what became of it for them, and whether it is documented. Clients whom the person may not see are
    left out.
    """
    return queries.roster_of_appointment(session, actor, appointment_id)


ROUTES = (
    Route(
        "POST",
        "/api/v1/appointments",
        "appointments:create",
        post_appointment,
        body=NewAppointment,
        response=BookedAppointmentSchema,
        status=201,
        makes="/api/v1/appointments/{appointment_id}",
        example={
            "client_ids": ["{client_id}"],
            "staff_id": "{staff_id}",
            "service_type_id": "{service_type_id}",
            "starts_at_local": "2027-02-01T09:00",
        },
    ),
    Route(
        "GET",
        "/api/v1/appointments/{appointment_id}/roster",
        "appointments:read",
        get_appointment_roster,
        response=RosterSchema,
        audit="appointment.roster",
    ),
)
