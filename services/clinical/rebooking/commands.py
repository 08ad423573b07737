"""Changing an appointment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from services.clinical.agenda import rules as agenda
from services.clinical.agenda.commands import record_change, second_guard, take_slot
from services.clinical.agenda.given_sessions import ensure_takes_no_place, keep_who_gave, pass_on
from services.clinical.agenda.models import Appointment
from services.clinical.agenda.queries import visible_appointment
from services.clinical.attendance.rules import Documented
from services.clinical.copies.models import LocationCopy
from services.clinical.copies.queries import (
    can_document_soon,
    ensure_stays_active,
    known_location,
    known_service_type,
    known_staff,
    not_assigned,
    opening_hours,
    organization,
)
from services.clinical.groups.models import Group
from services.clinical.groups.sessions import who_comes
from services.clinical.hand_over.commands import settle_left_behind
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_in_hand, is_kept
from services.clinical.notes.rules import NoteSubmitted
from services.clinical.opening_hours.rules import OpeningHours, closed_at
from services.clinical.rebooking import rules
from services.clinical.rebooking.rules import AppointmentChanges, Booked
from shared import audit, clock
from shared.actor import Caller
from shared.changes import UNSET
from shared.database.session import Session
from shared.errors import FieldError, Invalid

# A change of these could let somebody else sign for a session that has begun.
PASSES_ON: Final = rules.TAKES_TIME | {"staff_id"}


def change_appointment(
    session: Session, actor: Caller, appointment_id: UUID, changes: AppointmentChanges
) -> tuple[Appointment, list[UUID]]:
    """Change an appointment; returns it, and its clients to whom another clinician is not assigned.

    Raises `NotFound`, `ColleaguesAppointment`, `Invalid`, `Documented`, `NoteBegun`, `NoteSubmitted`, `NotStarted`,
    `SlotTaken`, `RosterDiffers`, `CannotDocument`, `ServiceSupervised`, and `Forbidden` for an override without the
    permission.
    """
    override_reason = None if changes.override is UNSET else changes.override
    if override_reason is not None:
        actor.require("appointments:override")
    appointment = visible_appointment(session, actor, appointment_id)
    clients = [attendee.client_id for attendee in appointment.attendees]
    audit.describe(session, object_id=appointment_id, client_ids=clients)
    agenda.ensure_may_change(
        sees_assigned_only=actor.sees_assigned_only, is_clinician=appointment.staff_id == actor.actor_id
    )
    # What may wait for an event comes before the locks; a conflict is said first.
    before = _booked(appointment)
    location = _looked_up(session, actor, before, changes)
    place_of_location = location.place_of_service if location else None
    practice, hours = organization(session, actor), opening_hours(session, actor)
    if not rules.differences(before, rules.changed(before, changes, place_of_location)):
        return appointment, []
    clinician = known_staff(session, actor, changes.staff_id, "staff_id") if changes.staff_id is not UNSET else None
    can_document = clinician is None or can_document_soon(session, clinician)
    strangers = [] if clinician is None else not_assigned(session, actor, clinician.id, clients)
    if clinician is not None and clinician.id != before.staff_id:
        ensure_stays_active(session, clinician, "staff_id")

    if changes.starts_at_local is not UNSET and appointment.group_id is not None:
        _ensure_same_roster(session, appointment, changes.starts_at_local.date())
    known = _Known(location, practice.time_zone, hours, can_document)
    appointment, differing = _change(session, actor, appointment_id, changes, known)
    return appointment, strangers if "staff_id" in differing else []


def _ensure_same_roster(session: Session, appointment: Appointment, day: date) -> None:
    """Raises `RosterDiffers` for a day on which others belong to the group, whose lock is held from here on."""
    group = session.get_one(Group, (appointment.organization_id, appointment.group_id), with_for_update=True)
    before, after = (set(who_comes(session, group, each)) for each in (appointment.service_date, day))
    if before != after:
        raise rules.RosterDiffers()


def change_clinician(session: Session, actor: Caller, appointment_id: UUID, staff_id: UUID) -> None:
    """Give an appointment to another clinician by the same rules. The caller has made sure of both: nothing here waits.

    Raises `NotFound`, `Documented`, `NoteBegun`, `NoteSubmitted`, `SlotTaken`, `ServiceSupervised`.
    """
    _change(session, actor, appointment_id, AppointmentChanges(staff_id=staff_id), _Known())


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked up before the locks. Neither place nor hours are needed where only the clinician changes."""

    location: LocationCopy | None = None
    time_zone: str = ""
    hours: OpeningHours | None = None
    can_document: bool = True


def _change(
    session: Session, actor: Caller, appointment_id: UUID, changes: AppointmentChanges, known: _Known
) -> tuple[Appointment, dict[str, str | None]]:
    """Change an appointment under its lock; returns it, and what is otherwise."""
    override_reason = None if changes.override is UNSET else changes.override
    location = known.location
    drafts = select(Note).where(
        Note.organization_id == actor.organization_id, Note.appointment_id == appointment_id, is_in_hand()
    )
    session.execute(
        drafts.with_only_columns(Note.id).order_by(Note.id).with_for_update()
    )  # before it, as who signs does
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    before = _booked(appointment)
    after = rules.changed(before, changes, location.place_of_service if location else None)
    differing = rules.differences(before, after)
    _ensure_changeable(session, appointment, after, differing)
    slot, accepted = _slot(appointment, after, differing), tuple[UUID, ...]()
    closed: list[FieldError] = []
    if appointment.status in agenda.OCCUPYING:
        if known.hours is not None and (slot.span != appointment.span or "location_id" in differing):
            closed = closed_at(known.hours, *slot.span, (location and location.time_zone) or known.time_zone)
        if closed or slot != appointment.slot:
            accepted = take_slot(session, actor, slot, appointment.overrode or (), override_reason, closed)
    if "staff_id" in differing:
        agenda.ensure_can_document(known.can_document)
    if differing.keys() & PASSES_ON:
        keep_who_gave(session, appointment)
        if "staff_id" in differing:
            pass_on(session, actor, appointment, after.staff_id)
        if appointment.status in agenda.OCCUPYING:
            in_its_place = replace(slot, client_ids=appointment.slot.client_ids)
            ensure_takes_no_place(session, actor, in_its_place)
    with second_guard(session, actor, slot):
        _apply(appointment, after)
        if accepted or closed:
            appointment.override(accepted, override_reason)
        appointment.version += 1
    for note in session.scalars(drafts.options(lazyload("*"))):
        note.version += 1  # nobody signs what they have not seen: a signature covers service, day and place too
    reason = override_reason if accepted or closed else None
    record_change(session, actor, appointment, override_reason=reason, changes=differing)
    audit.describe(session, fields=sorted(differing))
    if "staff_id" in differing:
        audit.describe(session, before=str(before.staff_id), after=str(after.staff_id))
        settle_left_behind(session, appointment)
    return appointment, differing


def _looked_up(session: Session, actor: Caller, before: Booked, changes: AppointmentChanges) -> LocationCopy | None:
    """The location that holds from then on, after every new id was looked up.

    Raises `Invalid` for an id that nobody knows or nothing new is booked with, and for a day that nobody means.
    """
    if changes.service_type_id is not UNSET:
        service = known_service_type(session, actor, changes.service_type_id, "service_type_id")
        if not service.active and service.id != before.service_type_id:
            raise Invalid.field("service_type_id", "not_active", "This service is archived.")
    if changes.starts_at_local is not UNSET:
        today = clock.today(organization(session, actor).time_zone)
        agenda.ensure_bookable(changes.starts_at_local.date(), today)
    location_id = before.location_id if changes.location_id is UNSET else changes.location_id
    if location_id is None:
        return None
    location = known_location(session, actor, location_id, "location_id")
    if not location.active and location_id != before.location_id:
        raise Invalid.field("location_id", "not_active", "This location is no longer in use.")
    return location


def _booked(appointment: Appointment) -> Booked:
    return Booked(**{name: getattr(appointment, name) for name in Booked.__slots__})


def _slot(appointment: Appointment, after: Booked, differing: dict[str, str | None]) -> agenda.Slot:
    """The time that it takes from then on. The clients' time stays as it is where only the clinician changes."""
    starts_at, ends_at = after.span() if differing.keys() & rules.TAKES_TIME else appointment.span
    slot = replace(appointment.slot, staff_id=after.staff_id, starts_at=starts_at, ends_at=ends_at)
    moved = (starts_at, ends_at) != appointment.span
    return slot if moved or slot == appointment.slot else replace(slot, client_ids=())


def _apply(appointment: Appointment, after: Booked) -> None:
    if (appointment.starts_at_local, appointment.time_zone, appointment.duration_minutes) != (
        after.starts_at_local,
        after.time_zone,
        after.duration_minutes,
    ):
        appointment.starts_at, appointment.ends_at = after.span()
        for attendee in appointment.attendees:
            attendee.starts_at = appointment.starts_at
    for name in ("time_zone", "staff_id", "service_type_id", "location_id", "place_of_service", "telehealth"):
        setattr(appointment, name, getattr(after, name))


def _ensure_changeable(
    session: Session, appointment: Appointment, after: Booked, differing: dict[str, str | None]
) -> None:
    """Raises `Documented`, `NoteSubmitted`, `NoteBegun`, `NotStarted`."""
    if any(attendee.documented_version for attendee in appointment.attendees):
        raise Documented()
    statement = select(Note.review, Note.started_at).where(
        Note.organization_id == appointment.organization_id, Note.appointment_id == appointment.id, is_kept()
    )
    notes = session.execute(statement).all()
    days = [
        None if started_at is None else clock.utc_to_local(started_at, after.time_zone).date()
        for _, started_at in notes
    ]
    rules.ensure_notes_allow(differing, days, after.starts_at_local.date())
    if any(review == "submitted" for review, _ in notes):
        raise NoteSubmitted()
    if differing.keys() & rules.TAKES_TIME:
        rules.ensure_not_too_late(appointment.status, after.span()[0], clock.now())
