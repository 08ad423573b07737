"""What a signature rests on besides the note: the date of service, the signer's licence, who has the last word."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Appointment
from services.clinical.copies.models import OrganizationCopy, StaffCopy
from services.clinical.copies.queries import organization, practice_today
from services.clinical.notes.models import Addendum, Note
from services.clinical.notes.queries import readable_note
from services.clinical.signing import rules
from shared import clock
from shared.actor import Caller, Person
from shared.database.read_your_writes import wait_until_true
from shared.database.session import Session
from shared.errors import NotFound


def readable_addendum(session: Session, actor: Caller, note_id: UUID, addendum_id: UUID) -> Addendum:
    """An addendum of a note that the actor may read; raises `NotFound`."""
    note = readable_note(session, actor, note_id)
    found = next((addendum for addendum in note.addenda if addendum.id == addendum_id), None)
    if found is None:
        raise NotFound()
    return found


def is_licensed(session: Session, actor: Person, note: Note) -> bool:
    """Whether the actor has a licence in force on the date of service and today, on the practice's calendar.

    Waits up to a second for a licence that was entered a moment ago, so it comes before the locks.
    Raises `NotArrivedYet`.
    """
    here = actor.organization_id
    statement = (
        select(Appointment.starts_at, Appointment.time_zone, OrganizationCopy.time_zone, StaffCopy)
        .select_from(Appointment)
        .outerjoin(OrganizationCopy, OrganizationCopy.organization_id == here)
        .outerjoin(StaffCopy, (StaffCopy.organization_id == here) & (StaffCopy.id == actor.staff_id))
        .where(Appointment.organization_id == here, Appointment.id == note.appointment_id)
        .execution_options(populate_existing=True)
    )

    def licensed() -> bool:
        starts_at, time_zone, practice_zone, staff = session.execute(statement).one()
        session.keep(staff)  # who has the last word, and under whose name is signed, are asked next
        today = clock.today(practice_zone or organization(session, actor).time_zone)
        days = (clock.utc_to_local(starts_at, time_zone).date(), today)
        return staff is not None and rules.licensed(staff.licences, days)

    return wait_until_true(session, licensed)


def is_licensed_today(session: Session, actor: Person) -> bool:
    """Whether the actor has a licence in force today, on the practice's calendar.

    Waits as `is_licensed` does. Raises `NotArrivedYet`.
    """
    here = actor.organization_id
    statement = (
        select(StaffCopy)
        .where(StaffCopy.organization_id == here, StaffCopy.id == actor.staff_id)
        .execution_options(populate_existing=True)
    )

    def licensed() -> bool:
        staff = session.scalar(statement)
        session.keep(staff)
        return staff is not None and rules.licensed(staff.licences, [practice_today(session, actor)])

    return wait_until_true(session, licensed)
