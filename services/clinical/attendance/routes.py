"""The endpoints of what becomes of an appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.routes import shown
from services.clinical.agenda.schemas import AppointmentSchema
from services.clinical.attendance import commands, queries
from services.clinical.attendance.rules import NewStatus
from services.clinical.attendance.schemas import AppointmentHistoryPage, StatusChange
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Dumped, Route


def post_appointment_status(session: Session, actor: Caller, appointment_id: UUID, body: NewStatus) -> Dumped:
    """Confirm an appointment, mark it as arrived, cancel it …

    Confirms, marks as arrived, cancels, or corrects it. Where several clients come, `client_id` says for whom; the
    appointment's own status follows from theirs, the first of arrived, booked, confirmed, no_show, late_cancelled and
    cancelled that anybody has. Before it begins nobody has arrived or missed it. A documented
    appointment keeps its status. One that took no time comes back only where its time is free, but for what an
    override accepted already.
    """
    return shown(session, actor, commands.change_status(session, actor, appointment_id, body))


def get_appointment_history(
    session: Session, actor: Caller, appointment_id: UUID, query: dict[str, Any]
) -> dict[str, Any]:
    """Read what happened to an appointment

    Oldest first: how it was booked, each status, whose, who set it, when and why, why a conflict was accepted, and to
    whom it was handed over. Lines about clients whom the person may not see are left out.
    """
    return queries.history(session, actor, appointment_id, **query)


_ONE = "/api/v1/appointments/{appointment_id}"
ROUTES = (
    Route(
        "POST",
        _ONE + "/status",
        "appointments:update",
        post_appointment_status,
        body=StatusChange,
        response=AppointmentSchema,
        changes=visible_appointment,
        example={"status": "confirmed"},
    ),
    Route(
        "GET",
        _ONE + "/history",
        "appointments:read",
        get_appointment_history,
        query=PageQuery,
        response=AppointmentHistoryPage,
        audit="appointment.history",
    ),
)
