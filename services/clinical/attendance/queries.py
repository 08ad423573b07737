"""Reading what became of an appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, true

from services.clinical.agenda.models import AppointmentChange
from services.clinical.agenda.queries import shown_attendees, visible_appointment
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate


def history(session: Session, actor: Caller, appointment_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of what happened to an appointment, oldest first, without clients whom the actor
    may not know of. Raises `NotFound`."""
    appointment = visible_appointment(session, actor, appointment_id)
    shown = [attendee.client_id for attendee in shown_attendees(session, actor, appointment)]
    audit.describe(session, client_ids=shown)
    statement = select(AppointmentChange).where(
        AppointmentChange.organization_id == actor.organization_id,
        AppointmentChange.appointment_id == appointment.id,
        or_(AppointmentChange.client_id.is_(None), AppointmentChange.client_id.in_(shown))
        if actor.sees_assigned_only
        else true(),
    )
    return paginate(session, statement, [AppointmentChange.id], limit=limit, cursor=cursor)
