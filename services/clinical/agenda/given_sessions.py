"""What a supervised clinician gave stays under the last word of their supervisor.

Else it would pass to somebody who signs alone, in steps that are each allowed (docs/adr/0041). So what was given is
kept before anything of it changes, and nobody past the supervisor books that time again, or signs for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import UUID as SqlUUID
from sqlalchemy import ColumnElement, and_, exists, literal, not_, null, or_, select, union_all, update

from services.clinical.agenda import rules
from services.clinical.agenda.models import Appointment, AppointmentChange, Attendee, GivenSession
from services.clinical.copies.models import StaffCopy
from services.clinical.copies.queries import of_family
from services.clinical.last_word.queries import last_word_stays, supervision_of
from services.clinical.last_word.rules import REVIEWING_MODES, ServiceSupervised
from shared import clock
from shared.actor import Actor
from shared.database.session import Session

# Within so long of a session that took place and is gone, another one of the same client is taken for the same.
TOGETHER: Final = timedelta(hours=12)


def keep_who_gave(session: Session, appointment: Appointment) -> None:
    """Keep what a supervised clinician gave in a session that has begun, before anything of it changes."""
    here, clinician_id = appointment.organization_id, appointment.staff_id
    if appointment.starts_at > clock.now() or supervision_of(session, here, clinician_id) is None:
        return
    statement = select(GivenSession.client_id, GivenSession.starts_at, GivenSession.ends_at)
    known = session.execute(statement.where(*_of(appointment), GivenSession.staff_id == clinician_id)).all()
    for attendee in appointment.attendees:
        if (attendee.client_id, *appointment.span) not in {tuple(each) for each in known}:
            session.add(
                GivenSession(
                    organization_id=here,
                    appointment_id=appointment.id,
                    client_id=attendee.client_id,
                    staff_id=clinician_id,
                    starts_at=appointment.starts_at,
                    ends_at=appointment.ends_at,
                )
            )
    session.flush()


def may_pass_to(session: Session, appointment: Appointment, staff_id: UUID) -> bool:
    """Whether an appointment becomes that clinician's without passing by who has the last word on what was given."""
    here = appointment.organization_id
    return all(last_word_stays(session, here, given_by, staff_id) for given_by in _givers(session, appointment))


def pass_on(session: Session, actor: Actor, appointment: Appointment, staff_id: UUID) -> None:
    """Let another clinician have a session. To somebody who would sign it alone its supervisor gives it, nobody else.

    Raises `ServiceSupervised`.
    """
    for given_by in _givers(session, appointment):
        if not last_word_stays(session, appointment.organization_id, given_by, staff_id):
            _ensure_decides(session, actor, given_by)
            _release(session, *_of(appointment), GivenSession.staff_id == given_by)


def ensure_takes_no_place(session: Session, actor: Actor, slot: rules.Slot) -> None:
    """Raises `ServiceSupervised` for a time in the past at which something was given past whose supervisor this goes.

    That supervisor may book it, and so lets the clinician have it.
    """
    if slot.starts_at > clock.now():
        return
    for given_id, given_by in _given(session, actor.organization_id, slot):
        if not last_word_stays(session, actor.organization_id, given_by, slot.staff_id):
            _ensure_decides(session, actor, given_by)
            _release(session, GivenSession.organization_id == actor.organization_id, GivenSession.id == given_id)


def claims_what_was_given(session: Session, organization_id: UUID, slot: rules.Slot) -> bool:
    """Whether a note of `slot.staff_id` about that time, for its one client, passes by who has the last word on it."""
    given = _given(session, organization_id, slot)
    return not all(last_word_stays(session, organization_id, given_by, slot.staff_id) for _, given_by in given)


def claimed(
    appointment: Appointment, client_id: UUID, author_id: UUID, started_at: datetime | None, minutes: int | None
) -> rules.Slot:
    """The time for which a note stands: its own, and that of its appointment."""
    began = started_at or appointment.starts_at
    ended = began + timedelta(minutes=minutes or appointment.duration_minutes)
    first, last = min(began, appointment.starts_at), max(ended, appointment.ends_at)
    return rules.Slot(author_id, (client_id,), first, last, appointment.id)


def _of(appointment: Appointment) -> tuple[ColumnElement[bool], ...]:
    return (
        GivenSession.organization_id == appointment.organization_id,
        GivenSession.appointment_id == appointment.id,
        GivenSession.released_at.is_(None),
    )


def _givers(session: Session, appointment: Appointment) -> Sequence[UUID]:
    return session.scalars(select(GivenSession.staff_id).distinct().where(*_of(appointment))).all()


def _ensure_decides(session: Session, actor: Actor, given_by: UUID) -> None:
    supervision = supervision_of(session, actor.organization_id, given_by)
    if supervision is None or supervision.supervisor_id != actor.actor_id:
        raise ServiceSupervised()


def _release(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(update(GivenSession).where(*which).values(released_at=clock.now()))


def _given(session: Session, organization_id: UUID, slot: rules.Slot) -> Sequence[tuple[UUID | None, UUID]]:
    """What supervised clinicians gave these clients at that time: the id where it was kept, and who gave it.

    Kept before it changed, or standing still; not what is documented, for there the supervisor has had the last word.
    Of the appointment itself (`slot.of`) all that was kept counts. The indexes of a client's time serve it.
    """
    kept = (
        select(GivenSession.id, GivenSession.staff_id)
        .join(
            Appointment,
            and_(
                Appointment.organization_id == GivenSession.organization_id,
                Appointment.id == GivenSession.appointment_id,
            ),
        )
        .outerjoin(
            Attendee,
            and_(
                Attendee.organization_id == GivenSession.organization_id,
                Attendee.appointment_id == GivenSession.appointment_id,
                Attendee.client_id == GivenSession.client_id,
            ),
        )
        .where(
            GivenSession.organization_id == organization_id,
            GivenSession.released_at.is_(None),
            of_family(GivenSession.client_id, organization_id, slot.client_ids),
            or_(
                GivenSession.appointment_id == slot.of,
                and_(
                    GivenSession.starts_at > slot.starts_at - rules.LONGEST,
                    GivenSession.starts_at < slot.ends_at + TOGETHER,
                    or_(Attendee.documented_version.is_(None), Attendee.documented_version == 0),
                    or_(
                        and_(GivenSession.starts_at < slot.ends_at, GivenSession.ends_at > slot.starts_at),
                        _took_place_and_is_gone(organization_id, slot),
                    ),
                ),
            ),
        )
    )
    stands = (
        select(null().cast(SqlUUID), Appointment.staff_id)
        .join(
            Attendee,
            and_(Attendee.organization_id == Appointment.organization_id, Attendee.appointment_id == Appointment.id),
        )
        .join(
            StaffCopy,
            and_(StaffCopy.organization_id == Appointment.organization_id, StaffCopy.id == Appointment.staff_id),
        )
        .where(
            Attendee.organization_id == organization_id,
            of_family(Attendee.client_id, organization_id, slot.client_ids),
            Attendee.starts_at > slot.starts_at - rules.LONGEST,
            Attendee.starts_at < slot.ends_at,
            Attendee.documented_version == 0,
            Attendee.attendance().in_(rules.OCCUPYING),
            Appointment.ends_at > slot.starts_at,
            Appointment.starts_at <= clock.now(),
            Appointment.id != slot.of if slot.of else literal(True),
            Appointment.staff_id != slot.staff_id,
            StaffCopy.supervisor_id.is_not(None),
            StaffCopy.supervision_mode.in_(REVIEWING_MODES),
        )
    )
    return [(row[0], row[1]) for row in session.execute(union_all(kept, stands))]


def _took_place_and_is_gone(organization_id: UUID, slot: rules.Slot) -> ColumnElement[bool]:
    """Somebody said that it took place, within hours of that time, and it was called off, moved or left since."""
    took_place = exists().where(
        AppointmentChange.organization_id == organization_id,
        AppointmentChange.appointment_id == GivenSession.appointment_id,
        AppointmentChange.status == "arrived",
        or_(AppointmentChange.client_id.is_(None), AppointmentChange.client_id == GivenSession.client_id),
    )
    about_then = and_(
        GivenSession.starts_at > slot.starts_at - TOGETHER, GivenSession.starts_at < slot.starts_at + TOGETHER
    )
    stands = and_(
        Attendee.client_id.is_not(None),
        Attendee.attendance().in_(rules.OCCUPYING),
        Appointment.starts_at == GivenSession.starts_at,
    )
    return and_(about_then, took_place, not_(stands))
