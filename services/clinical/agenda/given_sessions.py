"""A session that has begun stays under the last word of who supervises the clinician who gave it.

Else it would pass to somebody who signs alone: over the supervisor, through another day, or by being called off and
booked anew (docs/adr/0041).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, not_, or_, select

from services.clinical.agenda import rules
from services.clinical.agenda.models import Appointment, AppointmentChange, Attendee
from services.clinical.copies.queries import of_family
from services.clinical.last_word.queries import last_word_stays, supervision_of
from services.clinical.last_word.rules import ServiceSupervised
from shared import clock
from shared.actor import Actor
from shared.database.session import Session

# Within so long of a session that took place, another one of the same client is taken for the same.
TOGETHER: Final = timedelta(hours=12)


def keep_who_gave(session: Session, appointment: Appointment) -> None:
    """Keep the clinician of a session that has begun, if somebody supervises them, before anything of it changes."""
    here, kept = appointment.organization_id, appointment.given_by
    if kept is not None and supervision_of(session, here, kept) is not None:
        return
    if appointment.starts_at <= clock.now() and supervision_of(session, here, appointment.staff_id) is not None:
        appointment.given_by, appointment.given_at = appointment.staff_id, appointment.starts_at


def pass_on(session: Session, actor: Actor, appointment: Appointment, staff_id: UUID) -> None:
    """Let another clinician have a session. To somebody who would sign it alone its supervisor gives it, nobody else.

    Raises `ServiceSupervised`.
    """
    given_by = appointment.given_by
    if given_by is None or last_word_stays(session, appointment.organization_id, given_by, staff_id):
        return
    if not _decides(session, actor, given_by):
        raise ServiceSupervised()
    appointment.given_by = appointment.given_at = None


def ensure_takes_no_place(session: Session, actor: Actor, slot: rules.Slot) -> None:
    """Raises `ServiceSupervised` for a time in the past at which another session was given, which is gone from there.

    It was called off or moved since. So too within hours of it, where somebody said that it took place. Its supervisor
    may book this one.
    """
    if slot.starts_at > clock.now():
        return
    here = actor.organization_id
    for given_by in _gone(session, here, slot):
        if not last_word_stays(session, here, given_by, slot.staff_id) and not _decides(session, actor, given_by):
            raise ServiceSupervised()


def _decides(session: Session, actor: Actor, given_by: UUID) -> bool:
    supervision = supervision_of(session, actor.organization_id, given_by)
    return supervision is not None and supervision.supervisor_id == actor.actor_id


def _gone(session: Session, organization_id: UUID, slot: rules.Slot) -> Sequence[UUID]:
    """Who gave what these clients had at that time, or about then, and does not stand there any longer.

    `ix_appointments_given` serves it: what supervised clinicians gave in two days, and was changed since.
    """
    took_place = exists().where(
        AppointmentChange.organization_id == organization_id,
        AppointmentChange.appointment_id == Appointment.id,
        AppointmentChange.status == "arrived",
        or_(AppointmentChange.client_id.is_(None), AppointmentChange.client_id == Attendee.client_id),
    )
    began, lasted = Appointment.given_at, Appointment.ends_at - Appointment.starts_at
    at_that_time = and_(began < slot.ends_at, began + lasted > slot.starts_at)
    about_then = and_(began > slot.starts_at - TOGETHER, began < slot.starts_at + TOGETHER)
    stands = and_(Attendee.attendance().in_(rules.OCCUPYING), Appointment.starts_at == began)
    statement = (
        select(Appointment.given_by)
        .distinct()
        .join(
            Attendee,
            (Attendee.organization_id == Appointment.organization_id) & (Attendee.appointment_id == Appointment.id),
        )
        .where(
            Appointment.organization_id == organization_id,
            Appointment.given_by.is_not(None),
            began > slot.starts_at - rules.LONGEST,
            began < slot.ends_at + TOGETHER,
            of_family(Attendee.client_id, organization_id, slot.client_ids),
            Appointment.id != slot.of,
            not_(stands),
            or_(at_that_time, and_(about_then, took_place)),
        )
    )
    return [given_by for given_by in session.scalars(statement) if given_by is not None]
