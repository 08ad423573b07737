"""Looking for free times: of whom, on which days, and what is in the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, or_, select

from services.clinical.agenda.models import Appointment
from services.clinical.agenda.rules import LONGEST, OCCUPYING
from services.clinical.copies.models import ServiceTypeCopy, StaffCopy
from services.clinical.copies.queries import opening_hours, organization
from services.clinical.open_slots import rules
from services.clinical.open_slots.rules import Calendar, Wish
from services.clinical.opening_hours.rules import Span
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.permissions import SIGNING_LEVELS

GIVES_SERVICES: Final = "therapist"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotQuestion:
    """For whom a time is looked for: from `first` on (None: from today), on so many days, `limit` for each wish."""

    wishes: Sequence[Wish]
    first: date | None = None
    days: int
    limit: int


def open_slots(session: Session, actor: Caller, question: SlotQuestion) -> dict[str, Any]:
    """Free times for each wish, in the order of the wishes.

    Where a wish names nobody, the first `CLINICIANS_MAX` by name who give services are looked at. Somebody who sees
    assigned clients only is told of their own time alone: when colleagues are busy is not theirs to know.
    """
    practice = organization(session, actor)
    hours, today = opening_hours(session, actor), clock.today(practice.time_zone)
    first = max(question.first or today, today)
    days = [first + timedelta(days=number) for number in range(question.days)]
    wished = {wish.staff_id for wish in question.wishes if wish.staff_id is not None}
    listed = _clinicians(session, actor) if any(wish.staff_id is None for wish in question.wishes) else []
    clinicians, more = listed[: rules.CLINICIANS_MAX], len(listed) > rules.CLINICIANS_MAX
    bookable = {*clinicians, *_bookable(session, actor, wished)}
    services = {wish.service_type_id for wish in question.wishes if wish.service_type_id is not None}
    minutes = _minutes(session, actor, services)
    busy = _busy(session, actor, bookable, clock.midnight(days[0], practice.time_zone), len(days))
    calendar = Calendar(hours, practice.time_zone, clock.now(), days, busy)
    items = []
    for wish in question.wishes:
        suiting = clinicians if wish.staff_id is None else [each for each in [wish.staff_id] if each in bookable]
        lasts = rules.MINUTES if wish.service_type_id is None else minutes.get(wish.service_type_id)
        found = [] if lasts is None else calendar.free(wish, suiting, lasts, question.limit)
        slots = [
            {
                "staff_id": suiting[slot.clinician],
                "starts_at": slot.starts_at,
                "starts_at_local": clock.utc_to_local(slot.starts_at, practice.time_zone),
                "ends_at": slot.ends_at,
            }
            for slot in found
        ]
        items.append({"duration_minutes": lasts, "slots": slots})
    return {
        "time_zone": practice.time_zone,
        "from": days[0],
        "to": days[-1],
        "hours_known": bool(hours.week),
        "more_clinicians": more,
        "items": items,
    }


def active_staff(actor: Caller, levels: Collection[str]) -> Select[UUID]:
    """Those who have one of these levels and can be booked, by name, from `ix_staff_copies_active`."""
    return (
        select(StaffCopy.id)
        .where(
            StaffCopy.organization_id == actor.organization_id,
            StaffCopy.active,
            StaffCopy.joined.is_not(False),
            or_(*(literal(level) == StaffCopy.levels.any_() for level in sorted(levels))),
            _own_alone(actor),
        )
        .order_by(StaffCopy.display_name, StaffCopy.id)
        .limit(rules.CLINICIANS_MAX + 1)
    )


def taken(
    actor: Caller, staff_ids: Sequence[UUID], first: datetime, last: datetime
) -> Select[UUID, datetime, datetime]:
    """What takes the time of these from the first instant until the second, from `ix_appointments_staff`."""
    return (
        select(Appointment.staff_id, Appointment.starts_at, Appointment.ends_at)
        .where(
            Appointment.organization_id == actor.organization_id,
            Appointment.staff_id.in_(staff_ids),
            Appointment.starts_at > first - LONGEST,
            Appointment.starts_at < last,
            Appointment.status.in_(OCCUPYING),
        )
        .order_by(Appointment.staff_id, Appointment.starts_at)
    )


def _clinicians(session: Session, actor: Caller) -> list[UUID]:
    """Those who give services as their work; where nobody does, everybody who signs notes."""
    found = list(session.scalars(active_staff(actor, {GIVES_SERVICES})))
    return found or list(session.scalars(active_staff(actor, SIGNING_LEVELS)))


def _bookable(session: Session, actor: Caller, wished: set[UUID]) -> list[UUID]:
    """Those of them who are here, have joined and sign notes. An unknown id finds no time, and says nothing else."""
    if not wished:
        return []
    statement = select(StaffCopy.id, StaffCopy.levels).where(
        StaffCopy.organization_id == actor.organization_id,
        StaffCopy.id.in_(wished),
        StaffCopy.active,
        StaffCopy.joined.is_not(False),
        _own_alone(actor),
    )
    return [staff_id for staff_id, levels in session.execute(statement) if not SIGNING_LEVELS.isdisjoint(levels)]


def _own_alone(actor: Caller) -> ColumnElement[bool]:
    """The condition that it is the actor, for those who see assigned clients only."""
    return StaffCopy.id == actor.actor_id if actor.sees_assigned_only else literal(value=True)


def _minutes(session: Session, actor: Caller, services: set[UUID]) -> dict[UUID, int]:
    """How long services in use take; of others nothing is offered."""
    statement = select(ServiceTypeCopy.id, ServiceTypeCopy.duration_minutes).where(
        ServiceTypeCopy.organization_id == actor.organization_id,
        ServiceTypeCopy.id.in_(services),
        ServiceTypeCopy.active,
    )
    return dict(session.execute(statement).all()) if services else {}


def _busy(session: Session, actor: Caller, staff: set[UUID], first: datetime, days: int) -> dict[UUID, list[Span]]:
    """What takes the time of these, in order: so many days from that instant on, and the one that clocks may add."""
    found: dict[UUID, list[Span]] = {}
    if staff:
        for staff_id, starts_at, ends_at in session.execute(
            taken(actor, sorted(staff), first, first + timedelta(days=days + 1))
        ):
            found.setdefault(staff_id, []).append((starts_at, ends_at))
    return found
