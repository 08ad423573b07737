"""The endpoint that changes an appointment."""

from __future__ import annotations

from uuid import UUID

from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.routes import shown_with_warnings
from services.clinical.agenda.schemas import BookedAppointmentSchema
from services.clinical.rebooking import commands
from services.clinical.rebooking.commands import AppointmentChanges
from services.clinical.rebooking.schemas import AppointmentPatch
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Dumped, Route


def patch_appointment(session: Session, actor: Caller, appointment_id: UUID, body: AppointmentChanges) -> Dumped:
    """Change the clinician of an appointment

    Another clinician gives the service, is asked for the note and is billed as its clinician. Where they are busy the
    request is refused with `conflict`; what somebody has written about stays as it is.
    """
    return shown_with_warnings(session, actor, *commands.change_appointment(session, actor, appointment_id, body))


ROUTES = (
    Route(
        "PATCH",
        "/api/v1/appointments/{appointment_id}",
        "appointments:update",
        patch_appointment,
        body=AppointmentPatch,
        response=BookedAppointmentSchema,
        changes=visible_appointment,
        example={"staff_id": "{staff_id}"},
    ),
)
