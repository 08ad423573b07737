"""The endpoint that changes an appointment."""

from __future__ import annotations

from uuid import UUID

from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.routes import shown_with_warnings
from services.clinical.agenda.schemas import BookedAppointmentSchema
from services.clinical.rebooking import commands
from services.clinical.rebooking.rules import AppointmentChanges
from services.clinical.rebooking.schemas import AppointmentPatch
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Dumped, Route


def patch_appointment(session: Session, actor: Caller, appointment_id: UUID, body: AppointmentChanges) -> Dumped:
    """Move an appointment, or change what was booked

    Another time, length, clinician, service or place. Where the clinician or a client is busy then, or the practice is
    closed, the request is refused with `conflict`, as booking is. What is documented stays as it is: amend its note.
    While a note is begun its clinician stays, and while one waits for the supervisor everything does. A draft about the
    appointment gets another version: who has it open looks at it again before they sign.
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
