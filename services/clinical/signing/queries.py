"""What a signature rests on besides the note: the date of service, the signer's licence, who has the last word."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Appointment
from services.clinical.copies.models import StaffCopy
from services.clinical.copies.queries import practice_today
from services.clinical.notes.models import Addendum, Note
from services.clinical.notes.queries import readable_note
from services.clinical.signing import rules
from shared import clock
from shared.actor import Caller, Person
from shared.database.read_your_writes import wait_until_true
from shared.database.session import Session
from shared.errors import NotFound


def service_date_of(session: Session, note: Note) -> date:
    """The date of service of the note's appointment."""
    statement = select(Appointment.starts_at, Appointment.time_zone).where(
        Appointment.organization_id == note.organization_id, Appointment.id == note.appointment_id
    )
    starts_at, time_zone = session.execute(statement).one()
    return clock.utc_to_local(starts_at, time_zone).date()


def readable_addendum(session: Session, actor: Caller, note_id: UUID, addendum_id: UUID) -> Addendum:
    """An addendum of a note that the actor may read; raises `NotFound`."""
    note = readable_note(session, actor, note_id)
    found = next((addendum for addendum in note.addenda if addendum.id == addendum_id), None)
    if found is None:
        raise NotFound()
    return found


def is_licensed(session: Session, actor: Person, service_date: date) -> bool:
    """Whether the actor has a licence in force on the date of service and today.

    Waits up to a second for a licence that was entered a moment ago, so it comes before the locks.
    Raises `NotArrivedYet`.
    """
    days = (service_date, practice_today(session, actor))

    def licensed() -> bool:
        staff = session.get(StaffCopy, (actor.organization_id, actor.staff_id), populate_existing=True)
        return staff is not None and rules.licensed(staff.licences, days)

    return wait_until_true(session, licensed)


def supervision_of(session: Session, organization_id: UUID, staff_id: UUID) -> rules.Supervision | None:
    """Who approves or co-signs what a member of staff signs; None where nobody does, as far as has arrived."""
    staff = session.get(StaffCopy, (organization_id, staff_id), populate_existing=True)
    session.keep(staff)  # under whose name is signed is asked next
    if staff is None or staff.supervisor_id is None or staff.supervision_mode not in rules.REVIEWING_MODES:
        return None
    return rules.Supervision(staff.supervisor_id, staff.supervision_mode)
