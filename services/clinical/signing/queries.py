"""What a signature rests on besides the note: the date of service, the facts of the service, the signer's licence."""

from __future__ import annotations

from datetime import date

from services.clinical.agenda.models import Appointment
from services.clinical.agenda.rules import Place, place
from services.clinical.copies.models import LocationCopy, StaffCopy
from services.clinical.copies.queries import practice_today
from services.clinical.notes.models import Note
from services.clinical.notes.rules import ServiceGiven
from services.clinical.signing import rules
from shared.actor import Actor
from shared.database.arrival import settled
from shared.database.session import Session


def service_date_of(session: Session, note: Note) -> date:
    """The date of service of the note's appointment."""
    return session.get_one(Appointment, (note.organization_id, note.appointment_id)).service_date


def given_in(session: Session, note: Note, appointment: Appointment) -> ServiceGiven:
    """The facts of the service as a draft with minutes has them; what it leaves open is as it was booked."""
    here = note.organization_id
    location = appointment.location_id and session.get(LocationCopy, (here, appointment.location_id))
    clinician = session.get(StaffCopy, (here, note.rendering_staff_id))
    booked = appointment.place_of_service or (location.place_of_service if location else None)
    said = Place(note.place_of_service, note.telehealth)
    where = place(Place(telehealth=appointment.telehealth) if said == Place() else said, booked)
    assert note.minutes is not None
    return ServiceGiven(
        service_type_id=appointment.service_type_id,
        minutes=note.minutes,
        started_at=note.started_at or appointment.starts_at,
        place_of_service=where.code,
        telehealth=where.telehealth,
        supervising_staff_id=clinician.supervisor_id if clinician else None,
        add_on_service_type_ids=note.add_on_service_type_ids,
    )


def is_licensed(session: Session, actor: Actor, service_date: date) -> bool:
    """Whether the actor has a licence in force on the date of service and today.

    Waits up to a second for a licence that was entered a moment ago, so it comes before the locks.
    Raises `NotArrivedYet`.
    """
    days = (service_date, practice_today(session, actor))

    def licensed() -> bool:
        staff = session.get(StaffCopy, (actor.organization_id, actor.staff_id), populate_existing=True)
        return staff is not None and rules.licensed(staff.licences, days)

    return settled(session, licensed)
