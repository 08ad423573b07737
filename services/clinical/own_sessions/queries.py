"""Counting the sessions of the person who asks."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Date, cast, func, select

from services.clinical.agenda.models import Appointment
from services.clinical.agenda.rules import days_somewhere, ensure_in_order
from services.clinical.attendance.rules import HAPPENED
from shared.actor import Person
from shared.database.session import Session
from shared.errors import Invalid

DAYS_MAX: Final = 120


def by_day(session: Session, actor: Person, first: date, last: date) -> dict[str, Any]:
    """The actor's kept sessions on these days, each by the clocks of its zone; `ix_appointments_staff` serves it.

    Raises `Invalid` for days out of order, and for more than `DAYS_MAX`.
    """
    ensure_in_order(first, last)
    if (last - first).days >= DAYS_MAX:
        raise Invalid.field("to", "too_long", f"Ask for at most {DAYS_MAX} days.", str(DAYS_MAX))
    begins, ends = days_somewhere(first, last)
    on = cast(func.timezone(Appointment.time_zone, Appointment.starts_at), Date).label("on")
    length = func.extract("epoch", Appointment.ends_at - Appointment.starts_at) / 60
    statement = (
        select(on, func.count().label("sessions"), func.sum(length).label("minutes"))
        .where(
            Appointment.organization_id == actor.organization_id,
            Appointment.staff_id == actor.staff_id,
            Appointment.starts_at >= begins,
            Appointment.starts_at < ends,
            Appointment.status.in_(HAPPENED),
        )
        .group_by(on)
        .order_by(on)
    )
    return {
        "items": [
            {"on": row.on, "sessions": row.sessions, "minutes": int(row.minutes)}
            for row in session.execute(statement)
            if first <= row.on <= last
        ]
    }
