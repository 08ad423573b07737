"""What a draft says of the service, once what it leaves open is filled in."""

from __future__ import annotations

from uuid import UUID

from services.clinical.agenda.models import Appointment
from services.clinical.agenda.rules import Place, place
from services.clinical.copies.models import LocationCopy, StaffCopy
from services.clinical.last_word.rules import REVIEWING_MODES
from services.clinical.notes.models import Note
from services.clinical.notes.rules import ServiceGiven
from shared.database.session import Session


def given_in(session: Session, note: Note, appointment: Appointment) -> ServiceGiven:
    """The facts of the service as a draft with minutes has them; what it leaves open is as it was booked."""
    here = note.organization_id
    location = appointment.location_id and session.get(LocationCopy, (here, appointment.location_id))
    clinician = session.get(StaffCopy, (here, note.rendering_staff_id))
    booked = appointment.place_of_service or (location.place_of_service if location else None)
    given = Place(note.place_of_service, note.telehealth)
    where = place(Place(telehealth=appointment.telehealth) if given == Place() else given, booked)
    assert note.minutes is not None
    return ServiceGiven(
        service_type_id=note.service_type_id or appointment.service_type_id,
        minutes=note.minutes,
        started_at=note.started_at or appointment.starts_at,
        place_of_service=where.code,
        telehealth=where.telehealth,
        supervising_staff_id=_supervisor_of(clinician, note),
        add_on_service_type_ids=note.add_on_service_type_ids,
    )


def _supervisor_of(clinician: StaffCopy | None, note: Note) -> UUID | None:
    """Whom the claim names as supervising; where notes are approved or co-signed, who did so or is its author."""
    if clinician is None:
        return None
    reviewed = clinician.supervision_mode in REVIEWING_MODES
    return None if reviewed and clinician.supervisor_id != note.author_id else clinician.supervisor_id
