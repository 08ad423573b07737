"""Reading the last visit and the next appointment of many clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from services.clinical.agenda import rules
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import assigned_to, of_family
from shared import audit, clock
from shared.actor import Caller
from shared.client_changes import DELETED
from shared.database.session import Session
from shared.web.lookups import in_their_order

KEPT = "arrived"
EXPECTED = ("booked", "confirmed")


def look_up(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[str, Any]:
    """Of those of these clients whom the actor may see: the last visit and the next appointment, None without one."""
    items = of_clients(session, actor, client_ids, clock.now())
    audit.describe(session, client_ids=[item["client_id"] for item in items])
    return {"items": in_their_order(client_ids, items, "client_id")}


def of_clients(session: Session, actor: Caller, client_ids: Sequence[UUID], now: datetime) -> list[dict[str, Any]]:
    """The last visit and the next appointment of those of these clients whom the actor may see, in no order."""
    found: dict[UUID, list[Row[Any]]] = {}
    for row in session.execute(statement(actor, client_ids, now)):
        found.setdefault(row.client_id, []).append(row)
    return [
        {
            "client_id": client_id,
            "last_visit": _shown(
                max(((row.last_at, row.last_id, row.last_zone) for row in rows if row.last_id), default=None)
            ),
            "next_appointment": _shown(
                min(((row.next_at, row.next_id, row.next_zone) for row in rows if row.next_id), default=None)
            ),
        }
        for client_id, rows in found.items()
    ]


def comes_again(now: datetime) -> ColumnElement[bool]:
    """The condition that the client at hand has an appointment that is expected and not over."""
    merged = aliased(ClientCopy)
    theirs = merged.organization_id == ClientCopy.organization_id, merged.merged_into == ClientCopy.id
    own, others = _those_of(ClientCopy, *_coming(now)), _those_of(merged, *theirs, *_coming(now))
    return or_(own.exists(), others.exists())


def statement(actor: Caller, client_ids: Sequence[UUID], now: datetime) -> Select[*tuple[Any, ...]]:
    """One statement for all clients, with a row for each of their families. `ix_attendees_client_start` serves it."""
    latest = (Attendee.starts_at.desc(), Attendee.appointment_id.desc())
    last = _first("last", Attendee.starts_at <= now, Attendee.attendance() == KEPT, order=latest)
    coming = _first("next", *_coming(now), order=(Attendee.starts_at, Attendee.appointment_id))
    wanted = (
        select(
            func.coalesce(ClientCopy.merged_into, ClientCopy.id).label("client_id"),
            last.c.id.label("last_id"),
            last.c.starts_at.label("last_at"),
            last.c.time_zone.label("last_zone"),
            coming.c.id.label("next_id"),
            coming.c.starts_at.label("next_at"),
            coming.c.time_zone.label("next_zone"),
        )
        .select_from(ClientCopy)
        .join(last, true(), isouter=True)
        .join(coming, true(), isouter=True)
        .where(
            ClientCopy.organization_id == actor.organization_id,
            of_family(ClientCopy.id, actor.organization_id, client_ids),
            ClientCopy.status != DELETED,
        )
    )
    return wanted.where(assigned_to(actor, ClientCopy.id)) if actor.sees_assigned_only else wanted


def _coming(now: datetime) -> Sequence[ColumnElement[bool]]:
    """No appointment is longer than `rules.LONGEST`: the index is read from there on."""
    lately = Attendee.starts_at > now - rules.LONGEST
    return lately, Appointment.ends_at > now, Attendee.attendance().in_(EXPECTED)


def _first(name: str, *conditions: ColumnElement[bool], order: Sequence[Any]) -> LateralFromClause:
    """The first appointment of the client at hand, in that order, that these conditions hold of."""
    return _those_of(ClientCopy, *conditions).order_by(*order).limit(1).lateral(name)


def _those_of(clients: Any, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    own = (Appointment.organization_id == Attendee.organization_id) & (Appointment.id == Attendee.appointment_id)
    return (
        select(Appointment.id, Attendee.starts_at, Appointment.time_zone)
        .select_from(Attendee)
        .join(Appointment, own)
        .where(Attendee.organization_id == clients.organization_id, Attendee.client_id == clients.id)
        .where(*conditions)
        .correlate(ClientCopy)
    )


def _shown(appointment: tuple[datetime, UUID, str] | None) -> dict[str, Any] | None:
    if appointment is None:
        return None
    starts_at, appointment_id, time_zone = appointment
    return {
        "appointment_id": appointment_id,
        "starts_at": starts_at,
        "starts_at_local": clock.utc_to_local(starts_at, time_zone),
        "time_zone": time_zone,
    }
