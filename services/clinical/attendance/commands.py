"""Changing the status of an appointment."""

from __future__ import annotations

from uuid import UUID

from services.clinical.agenda.commands import record_change, second_guard, take_slot
from services.clinical.agenda.models import Appointment
from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.rules import OCCUPYING, ensure_may_change
from services.clinical.attendance import rules
from services.clinical.attendance.rules import NewStatus
from services.clinical.hand_over.commands import settle_left_behind
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session


def change_status(session: Session, actor: Caller, appointment_id: UUID, new: NewStatus) -> Appointment:
    """Confirm, mark as arrived, cancel … or correct it. A reason counts with an unchanged status too.

    Raises `NotFound`, `ColleaguesAppointment`, `StatusNotPossible`, `NotStarted`, `Documented`, `SlotTaken` when one
    that took no time comes back to a time that is taken by now, `Forbidden` for an override of that without the
    permission.
    """
    if new.override_reason is not None:
        actor.require("appointments:override")
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    # Everybody's, also where the actor may not know of them all.
    audit.describe(session, client_ids=[attendee.client_id for attendee in appointment.attendees])
    ensure_may_change(sees_assigned_only=actor.sees_assigned_only, is_clinician=appointment.staff_id == actor.actor_id)
    before, after = appointment.status, new.status
    if before == after:
        _keep_reason(session, actor, appointment, new.reason)
        return appointment
    if any(attendee.documented_version for attendee in appointment.attendees):
        raise rules.Documented()
    rules.ensure_transition(before, after)
    rules.ensure_begun(after, appointment.starts_at, clock.now())
    slot = appointment.slot
    accepted: tuple[UUID, ...] = ()
    if after in OCCUPYING and before not in OCCUPYING:
        accepted = take_slot(session, actor, slot, appointment.overrode or (), new.override_reason)
    with second_guard(session, actor, slot):
        appointment.status, appointment.status_reason = after, new.reason
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


def mark_arrived(session: Session, actor: Person, appointment: Appointment) -> None:
    """A note about an appointment says that it took place, once it has begun."""
    if appointment.status in rules.EXPECTED and appointment.starts_at <= clock.now():
        appointment.status = "arrived"
        appointment.version += 1
        record_change(session, actor, appointment, status="arrived")
        session.flush()


def _keep_reason(session: Session, actor: Caller, appointment: Appointment, reason: str | None) -> None:
    if reason is None or reason == appointment.status_reason:
        return
    appointment.status_reason = reason
    appointment.version += 1
    record_change(session, actor, appointment, status=appointment.status, reason=reason)
    audit.describe(session, object_id=appointment.id, fields=["reason"])
