"""Changing the clinician of an appointment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import exists, select

from services.clinical.agenda.commands import record_change, second_guard, take_slot
from services.clinical.agenda.models import Appointment
from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.rules import OCCUPYING, ensure_can_document, ensure_may_change
from services.clinical.attendance.rules import Documented
from services.clinical.copies.queries import can_document_soon, known_staff, not_assigned
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept
from services.clinical.rebooking import rules
from shared import audit
from shared.actor import Caller
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class AppointmentChanges(Changes):
    """Another clinician, and why a conflict of theirs is accepted, if one is."""

    staff_id: UUID | Unset = UNSET
    override: str | Unset = UNSET


def change_appointment(
    session: Session, actor: Caller, appointment_id: UUID, changes: AppointmentChanges
) -> tuple[Appointment, list[UUID]]:
    """Give an appointment to another clinician; returns it, and its clients to whom they are not assigned.

    Raises `NotFound`, `ColleaguesAppointment`, `Invalid`, `Documented`, `NoteBegun`, `SlotTaken`, `CannotDocument`,
    and `Forbidden` for an override without the permission.
    """
    override_reason = None if changes.override is UNSET else changes.override
    if override_reason is not None:
        actor.require("appointments:override")
    appointment = visible_appointment(session, actor, appointment_id)
    clients = [attendee.client_id for attendee in appointment.attendees]
    audit.describe(session, object_id=appointment_id, client_ids=clients)
    ensure_may_change(sees_assigned_only=actor.sees_assigned_only, is_clinician=appointment.staff_id == actor.actor_id)
    if changes.staff_id is UNSET or changes.staff_id == appointment.staff_id:
        return appointment, []
    # What may wait for an event comes before the locks; a conflict is said first.
    clinician = known_staff(session, actor, changes.staff_id, "staff_id")
    can_document = can_document_soon(session, clinician)
    strangers = not_assigned(session, actor, clinician.id, clients)
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    _ensure_unwritten(session, appointment)
    # The clients' time stays as it is.
    slot, accepted = replace(appointment.slot, staff_id=clinician.id, client_ids=()), tuple[UUID, ...]()
    if appointment.status in OCCUPYING:
        accepted = take_slot(session, actor, slot, appointment.overrode or (), override_reason)
    ensure_can_document(can_document)
    before = appointment.staff_id
    with second_guard(session, actor, slot):
        appointment.staff_id = clinician.id
        if accepted:
            appointment.override(accepted, override_reason)
        appointment.version += 1
    record_change(
        session,
        actor,
        appointment,
        override_reason=override_reason if accepted else None,
        changes={"staff_id": str(clinician.id)},
    )
    audit.describe(session, before=str(before), after=str(clinician.id))
    return appointment, strangers


def _ensure_unwritten(session: Session, appointment: Appointment) -> None:
    """Raises `Documented`, `NoteBegun`."""
    if any(attendee.documented_version for attendee in appointment.attendees):
        raise Documented()
    begun = exists().where(
        Note.organization_id == appointment.organization_id, Note.appointment_id == appointment.id, is_kept()
    )
    if session.scalar(select(begun)):
        raise rules.NoteBegun()
