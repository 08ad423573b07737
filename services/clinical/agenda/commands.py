"""Booking appointments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.clinical.agenda import rules
from services.clinical.agenda.given_sessions import ensure_takes_no_place
from services.clinical.agenda.models import Appointment, AppointmentChange, Attendee
from services.clinical.agenda.queries import clashes, visible_ids
from services.clinical.cases.queries import only_open_case, visible_case
from services.clinical.copies.queries import (
    are_one,
    can_document_soon,
    ensure_client_free,
    ensure_stays_active,
    known_client,
    known_location,
    known_service_type,
    known_staff,
    members_of,
    not_assigned,
    opening_hours,
    organization,
    read_ahead,
)
from services.clinical.opening_hours.rules import closed_at
from shared import audit, clock
from shared.actor import Actor, Caller, ServiceActor
from shared.client_changes import client_turn
from shared.database.failures import violated_constraint
from shared.database.session import Session, take_turns
from shared.errors import FieldError, Hidden, Invalid, NotFound
from shared.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What to book. `starts_at_local`: what clocks show, to the minute, without a zone.

    None stands for: the client's only open case, no location, the time zone of the location or else of the practice,
    the duration of the service, no override of a conflict; in `place` for what the location is.
    """

    client_ids: Sequence[UUID]
    group_id: UUID | None = None
    staff_id: UUID
    service_type_id: UUID
    starts_at_local: datetime
    case_id: UUID | None = None
    location_id: UUID | None = None
    place: rules.Place = field(default_factory=rules.Place)
    time_zone: str | None = None
    duration_minutes: int | None = None
    override_reason: str | None = None


def book_appointment(
    session: Session, actor: Caller, booking: Booking, lock: Callable[[], None] = lambda: None
) -> tuple[Appointment, list[UUID]]:
    """Book; returns the appointment, and those of its clients whom the clinician is not assigned to.

    `lock` holds what else must stay as it is, once nothing has to be waited for.

    Raises `Invalid` for unknown or inactive ids and times that do not exist or that nobody means, `SlotTaken` for a
    conflict, or a time at which the practice is closed, without an `override_reason`, `Forbidden` for an override
    without the permission, `CannotDocument`, `ServiceSupervised`.
    """
    if booking.override_reason is not None:
        actor.require("appointments:override")
    read_ahead(session, actor, booking.client_ids[0], booking.staff_id, booking.service_type_id)
    time_zone, minutes, place, clocks = _resolve(session, actor, booking)
    starts_at = clock.local_to_utc(booking.starts_at_local, time_zone)
    ends_at = starts_at + timedelta(minutes=minutes)
    cases = _cases(session, actor, booking)
    # What may wait for an event comes before the locks; a conflict is said first.
    clinician = known_staff(session, actor, booking.staff_id, "staff_id")
    can_document = can_document_soon(session, clinician)
    strangers = not_assigned(session, actor, booking.staff_id, booking.client_ids)
    closed = closed_at(opening_hours(session, actor), starts_at, ends_at, clocks)
    slot = rules.Slot(booking.staff_id, tuple(booking.client_ids), starts_at, ends_at)
    ensure_stays_active(session, clinician, "staff_id")
    lock()
    accepted = take_slot(session, actor, slot, (), booking.override_reason, closed)
    ensure_client_free(session, actor, booking.client_ids, "client_ids")
    rules.ensure_can_document(can_document)
    ensure_takes_no_place(session, actor, slot)
    appointment = Appointment(
        organization_id=actor.organization_id,
        id=new_id(),
        staff_id=booking.staff_id,
        service_type_id=booking.service_type_id,
        group_id=booking.group_id,
        location_id=booking.location_id,
        place_of_service=place.code,
        telehealth=place.telehealth,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=time_zone,
        booked_by=actor.actor_id,
        created_at=clock.now(),
    )
    appointment.attendees = [
        Attendee(
            organization_id=actor.organization_id,
            client_id=client_id,
            case_id=cases.get(client_id),
            starts_at=starts_at,
        )
        for client_id in booking.client_ids
    ]
    if accepted or closed:
        appointment.override(accepted, booking.override_reason)
    with second_guard(session, actor, slot):
        session.add(appointment)
    record_change(session, actor, appointment, status="booked", override_reason=appointment.override_reason)
    audit.describe(session, object_id=appointment.id, client_ids=booking.client_ids)
    return appointment, strangers


def _resolve(session: Session, actor: Caller, booking: Booking) -> tuple[str, int, rules.Place, str]:
    """Time zone, duration in minutes, place and its own time zone, after every id was looked up; raises `Invalid`."""
    # Who is on a group's roster was looked up with it; of some of them the actor may not know.
    for client_id in booking.client_ids if booking.group_id is None else ():
        if known_client(session, actor, client_id, "client_ids").status == "archived":
            raise Invalid.field("client_ids", "archived", "The client is archived.")
    service = known_service_type(session, actor, booking.service_type_id, "service_type_id")
    if not service.active:
        raise Invalid.field("service_type_id", "not_active", "This service is archived.")
    clocks, place_of_service = None, None
    if booking.location_id is not None:
        location = known_location(session, actor, booking.location_id, "location_id")
        if not location.active:
            raise Invalid.field("location_id", "not_active", "This location is no longer in use.")
        clocks, place_of_service = location.time_zone, location.place_of_service
    place = rules.place(booking.place, place_of_service)
    minutes = booking.duration_minutes or service.duration_minutes
    rules.ensure_duration(minutes)
    practice = organization(session, actor)
    rules.ensure_bookable(booking.starts_at_local.date(), clock.today(practice.time_zone))
    clocks = clocks or practice.time_zone
    return booking.time_zone or clocks, minutes, place, clocks


def _cases(session: Session, actor: Caller, booking: Booking) -> dict[UUID, UUID]:
    """The case of each client: the one named, else their only open one, else none."""
    client_ids = booking.client_ids
    if booking.case_id is None or booking.group_id is not None:
        open_cases = {client_id: only_open_case(session, actor.organization_id, client_id) for client_id in client_ids}
        return {client_id: case.id for client_id, case in open_cases.items() if case is not None}
    if len(client_ids) > 1:
        raise Invalid.field("case_id", "several_clients", "A case belongs to one client.")
    try:
        case = visible_case(session, actor, booking.case_id)
    except NotFound as error:
        raise Hidden.field("case_id", "unknown", "There is no such case.") from error
    if not are_one(session, actor.organization_id, case.client_id, client_ids[0]):
        raise Invalid.field("case_id", "other_client", "This case is another client's.")
    if case.status != "open":
        raise Invalid.field("case_id", "case_closed", "This case is closed.")
    return {client_ids[0]: case.id}


def take_slot(
    session: Session,
    actor: Actor,
    slot: rules.Slot,
    accepted: Collection[UUID],
    override_reason: str | None = None,
    closed: Sequence[FieldError] = (),
    whose: Collection[str] = tuple(rules.BUSY),
) -> tuple[UUID, ...]:
    """Look whether a time is free, under locks on the clinician and each client: two who book at once take turns.

    `accepted`: appointments in the way that an override has accepted already; `closed`: why the practice is closed
    then; `whose` time is looked at. Returns the appointments that this override accepts. Raises `SlotTaken` where
    something is in the way, or the practice is closed, and there is no `override_reason`.
    """
    take_turns(session, *_lock_keys(slot.staff_id, members_of(session, actor.organization_id, slot.client_ids)))
    in_the_way = clashes(session, actor.organization_id, slot)
    found = [(kind, of) for kind, of in in_the_way if kind in whose and of not in accepted]
    if (found or closed) and override_reason is None:
        raise _taken(session, actor, found, closed)
    ids = tuple(dict.fromkeys(appointment_id for _, appointment_id in found))
    if ids:
        audit.describe(session, overrode=[str(identifier) for identifier in ids])
    if closed:
        audit.describe(session, closed=sorted({why.code for why in closed}))
    return ids


@contextmanager
def second_guard(session: Session, actor: Actor, slot: rules.Slot) -> Iterator[None]:
    """Write an appointment within. A double booking that the database refuses is refused like the rule's."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "ex_appointments_staff":
            raise
        raise _taken(session, actor, clashes(session, actor.organization_id, slot)) from error


def record_change(
    session: Session,
    actor: Actor,
    appointment: Appointment,
    *,
    status: str | None = None,
    client_id: UUID | None = None,
    reason: str | None = None,
    override_reason: str | None = None,
    changes: Mapping[str, str | None] | None = None,
) -> None:
    """Add a line to an appointment's history."""
    session.add(
        AppointmentChange(
            organization_id=appointment.organization_id,
            id=new_id(),
            appointment_id=appointment.id,
            at=clock.now(),
            by_actor_id=actor.actor_id,
            status=status,
            client_id=client_id,
            reason=reason,
            override_reason=override_reason,
            changes=dict(changes or {}),
        )
    )


def _lock_keys(staff_id: UUID, client_ids: Collection[UUID]) -> Iterator[int]:
    digest = hashlib.blake2b(f"calendar staff {staff_id}".encode(), digest_size=8).digest()
    yield int.from_bytes(digest, "big", signed=True)
    yield from map(client_turn, client_ids)


def _taken(
    session: Session, actor: Actor, conflicts: Sequence[tuple[str, UUID]], closed: Sequence[FieldError] = ()
) -> rules.SlotTaken:
    ids = [identifier for _, identifier in conflicts]
    shown = ids if isinstance(actor, ServiceActor) else visible_ids(session, actor, ids)
    return rules.slot_taken(conflicts, shown, closed)
