"""The appointments of one client, and of one group, in pages: past and coming ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import QueryableAttribute

from services.clinical.agenda import rules
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.queries import SHOWN, items_of, visible
from services.clinical.copies.queries import known_client
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import Orders, paginate

CLIENT_ORDERS = Orders({"starts_at": (Attendee.starts_at, Attendee.appointment_id)}, "-starts_at")
GROUP_ORDERS = Orders({"starts_at": (Appointment.starts_at, Appointment.id)}, "-starts_at")


def of_client(
    session: Session,
    actor: Caller,
    client_id: UUID,
    first: date | None,
    last: date | None,
    sort: str,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """One page of a client's appointments, from `first` through `last` by each one's own day. Raises `NotFound`.

    Read by the client, in the order of their index, however many appointments the practice has.
    """
    family = known_client(session, actor, client_id).family
    rules.ensure_in_order(first, last)
    own = (Appointment.organization_id == Attendee.organization_id) & (Appointment.id == Attendee.appointment_id)
    here = [Attendee.organization_id == actor.organization_id, Attendee.client_id.in_(family)]
    zones = select(Appointment.time_zone).join(Attendee, own).where(*here)
    here += _on_days(session, zones, Attendee.starts_at, first, last)
    shown = [Attendee.attendance().label("status") if column is Appointment.status else column for column in SHOWN]
    statement = select(Attendee.starts_at, Attendee.appointment_id, *shown).join(Appointment, own).where(*here)
    order, descending = CLIENT_ORDERS.of(sort)
    about = f"{client_id} {first} {last}"
    page = paginate(
        session, statement, order, limit=limit, cursor=cursor, descending=descending, scalars=False, about=about
    )
    return {**page, "items": items_of(session, actor, page["items"])}


def of_group(
    session: Session,
    actor: Caller,
    group_id: UUID,
    first: date | None,
    last: date | None,
    sort: str,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """One page of a group's sessions, as `of_client`. That the actor may see the group is for the caller to see to.

    Read by the group, in the order of `ix_appointments_group`.
    """
    rules.ensure_in_order(first, last)
    here = [Appointment.organization_id == actor.organization_id, Appointment.group_id == group_id]
    here += _on_days(session, select(Appointment.time_zone).where(*here), Appointment.starts_at, first, last)
    statement = visible(select(Appointment.starts_at, *SHOWN).where(*here), actor)
    order, descending = GROUP_ORDERS.of(sort)
    about = f"{group_id} {first} {last}"
    page = paginate(
        session, statement, order, limit=limit, cursor=cursor, descending=descending, scalars=False, about=about
    )
    return {**page, "items": items_of(session, actor, page["items"])}


def _on_days(
    session: Session,
    zones: Select[str],
    starts_at: QueryableAttribute[datetime],
    first: date | None,
    last: date | None,
) -> list[ColumnElement[bool]]:
    """The conditions that appointments start on these days, each by the clocks of its zone. `zones`: those of all."""
    here: list[ColumnElement[bool]] = []
    if first is not None:
        here.append(starts_at >= rules.days_somewhere(first, first)[0])
    if last is not None:
        here.append(starts_at < rules.days_somewhere(last, last)[1])
    if not here:
        return []
    found = session.scalars(zones.distinct().where(*here))
    return [*here, or_(false(), *(_own_days(zone, starts_at, first, last) for zone in found))]


def _own_days(
    zone: str, starts_at: QueryableAttribute[datetime], first: date | None, last: date | None
) -> ColumnElement[bool]:
    """The condition that an appointment of a zone starts on these days, by the clocks of that zone."""
    return and_(
        Appointment.time_zone == zone,
        true() if first is None else starts_at >= clock.midnight(first, zone),
        true() if last is None else starts_at < clock.midnight(last + timedelta(days=1), zone),
    )
