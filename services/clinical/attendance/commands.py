"""Changing the status of an appointment, or of one of its clients."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.commands import record_change, second_guard, take_slot
from services.clinical.agenda.given_sessions import ensure_takes_no_place, keep_who_gave
from services.clinical.agenda.models import Appointment, AppointmentChange, Attendee
from services.clinical.agenda.queries import shown_attendees, visible_appointment
from services.clinical.agenda.rules import BUSY, OCCUPYING, ensure_may_change
from services.clinical.attendance import rules
from services.clinical.attendance.rules import NewStatus
from services.clinical.copies.queries import family_of
from services.clinical.hand_over.commands import settle_left_behind
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import Hidden


def change_status(session: Session, actor: Caller, appointment_id: UUID, new: NewStatus) -> Appointment:
    """Confirm, mark as arrived, cancel … or correct it. A reason counts with an unchanged status too.

    Raises `NotFound`, `ColleaguesAppointment`, `StatusNotPossible`, `NotStarted`, `Documented`, `SlotTaken` when one
    that took no time comes back to a time that is taken by now, `ServiceSupervised` when it comes back where a
    supervised clinician gave another session, `Forbidden` for an override of that without the permission, `Invalid` for
    a client who is not on it.
    """
    if new.override_reason is not None:
        actor.require("appointments:override")
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    # Everybody's, also where the actor may not know of them all.
    audit.describe(session, client_ids=[attendee.client_id for attendee in appointment.attendees])
    ensure_may_change(sees_assigned_only=actor.sees_assigned_only, is_clinician=appointment.staff_id == actor.actor_id)
    whose = None if new.client_id is None else attendee_of(session, actor, appointment, new.client_id)
    if whose is not None and len(appointment.attendees) > 1:
        return _change_one(session, actor, appointment, whose, new)
    before, after = appointment.status, new.status
    others = [each for each in appointment.attendees if each.status in OCCUPYING and each.status != after]
    if before == after and not others:
        _keep_reason(session, actor, appointment, new.reason)
        return appointment
    if any(each.documented_version for each in (appointment.attendees if before != after else others)):
        raise rules.Documented()
    rules.ensure_transition(before, after)
    rules.ensure_begun(after, appointment.starts_at, clock.now())
    slot = appointment.slot
    accepted: tuple[UUID, ...] = ()
    if after in OCCUPYING and before not in OCCUPYING:
        accepted = take_slot(session, actor, slot, appointment.overrode or (), new.override_reason)
        ensure_takes_no_place(session, actor, slot)
    if after not in OCCUPYING:
        keep_who_gave(session, appointment)
    with second_guard(session, actor, slot):
        appointment.status, appointment.status_reason = after, new.reason
        for each in appointment.attendees:
            # Who called off or stayed away by themselves keeps that.
            each.status = None if each.status in OCCUPYING or each.status == after else each.status
        if accepted:
            appointment.override(accepted, new.override_reason)
        appointment.version += 1
    record_change(
        session,
        actor,
        appointment,
        status=after,
        reason=new.reason,
        override_reason=new.override_reason if accepted else None,
    )
    if after not in OCCUPYING:
        settle_left_behind(session, appointment)
    audit.describe(session, object_id=appointment.id, before=before, after=after)
    return appointment


def attendee_of(session: Session, actor: Caller, appointment: Appointment, client_id: UUID) -> Attendee:
    """The row of a client whom the actor may know of; raises `Hidden` for any other, on the appointment or not."""
    family = family_of(session, actor.organization_id, client_id)
    shown = (each for each in shown_attendees(session, actor, appointment) if each.client_id in family)
    if (found := next(shown, None)) is None:
        raise Hidden.field("client_id", "not_attending", "This client is not on the appointment.")
    return found


def mark_arrived(session: Session, actor: Person, appointment: Appointment, client_id: UUID) -> None:
    """A note about a client of an appointment says that it took place with them, once it has begun."""
    attendee = next(each for each in appointment.attendees if each.client_id == client_id)
    if appointment.status_of(attendee) in rules.EXPECTED and appointment.starts_at <= clock.now():
        several = len(appointment.attendees) > 1
        _stand(appointment, attendee, "arrived")
        appointment.version += 1
        record_change(session, actor, appointment, status="arrived", client_id=client_id if several else None)
        session.flush()


def _change_one(
    session: Session, actor: Caller, appointment: Appointment, attendee: Attendee, new: NewStatus
) -> Appointment:
    """What became of it for one of several clients; the appointment's own status follows from all of them."""
    before, after = appointment.status_of(attendee), new.status
    if before == after:
        if new.reason is not None and new.reason != _reason(session, appointment, attendee):
            appointment.version += 1
            _record(session, actor, appointment, attendee, after, new.reason)
        return appointment
    if attendee.documented_version:
        raise rules.Documented()
    rules.ensure_transition(before, after)
    rules.ensure_begun(after, appointment.starts_at, clock.now())
    slot, stood = appointment.slot, appointment.status
    accepted: tuple[UUID, ...] = ()
    if after in OCCUPYING and before not in OCCUPYING:
        theirs = replace(slot, client_ids=(attendee.client_id,))
        whose = ("client",) if stood in OCCUPYING else tuple(BUSY)  # the clinician is there for the others
        accepted = take_slot(session, actor, theirs, appointment.overrode or (), new.override_reason, whose=whose)
        ensure_takes_no_place(session, actor, theirs)
    if after not in OCCUPYING:
        keep_who_gave(session, appointment)
    with second_guard(session, actor, slot):
        _stand(appointment, attendee, after)
        if appointment.status != stood:
            appointment.status_reason = None  # it told why the other one
        if accepted:
            appointment.override(accepted, new.override_reason)
        appointment.version += 1
    _record(session, actor, appointment, attendee, after, new.reason, new.override_reason if accepted else None)
    if appointment.status not in OCCUPYING:
        settle_left_behind(session, appointment)
    audit.describe(session, object_id=appointment.id, client_id=attendee.client_id, before=before, after=after)
    return appointment


def _reason(session: Session, appointment: Appointment, attendee: Attendee) -> str | None:
    """Why one client has their status, as it was said last."""
    statement = select(AppointmentChange.reason).where(
        AppointmentChange.organization_id == appointment.organization_id,
        AppointmentChange.appointment_id == appointment.id,
        AppointmentChange.client_id == attendee.client_id,
    )
    return session.scalar(statement.order_by(AppointmentChange.id.desc()).limit(1))


def _stand(appointment: Appointment, attendee: Attendee, status: str) -> None:
    """Give one client a status. The appointment's follows; every client keeps their own where it is another."""
    stands = {each.client_id: appointment.status_of(each) for each in appointment.attendees}
    _keep(appointment, {**stands, attendee.client_id: status})


def restate(appointment: Appointment) -> None:
    """The status of an appointment once somebody has left it: what it is for those who stay, if anybody does."""
    if appointment.attendees:
        _keep(appointment, {each.client_id: appointment.status_of(each) for each in appointment.attendees})


def _keep(appointment: Appointment, stands: dict[UUID, str]) -> None:
    appointment.status = rules.of_all(stands.values())
    for each in appointment.attendees:
        own = stands[each.client_id]
        each.status = None if own == appointment.status else own


def _record(
    session: Session,
    actor: Caller,
    appointment: Appointment,
    attendee: Attendee,
    status: str,
    reason: str | None,
    override_reason: str | None = None,
) -> None:
    record_change(
        session,
        actor,
        appointment,
        status=status,
        client_id=attendee.client_id,
        reason=reason,
        override_reason=override_reason,
    )


def _keep_reason(session: Session, actor: Caller, appointment: Appointment, reason: str | None) -> None:
    if reason is None or reason == appointment.status_reason:
        return
    appointment.status_reason = reason
    appointment.version += 1
    record_change(session, actor, appointment, status=appointment.status, reason=reason)
    audit.describe(session, object_id=appointment.id, fields=["reason"])
