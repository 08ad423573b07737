"""The endpoints of the agenda."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.agenda import lists, queries, rules
from services.clinical.agenda.models import Appointment
from services.clinical.agenda.queries import AgendaQuestion
from services.clinical.agenda.schemas import (
    AgendaQuery,
    AgendaSchema,
    AppointmentSchema,
    ClientAppointmentsPage,
    ClientAppointmentsQuery,
    TimeZoneChangeSchema,
    TimeZoneQuery,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.routes import Dumped, Route


def get_appointment(session: Session, actor: Caller, appointment_id: UUID) -> Dumped:
    """Read an appointment

    Clients of a group whom the person may not see are left out.
    """
    return shown(session, actor, queries.visible_appointment(session, actor, appointment_id))


def get_agenda(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Read the agenda of some days

    The appointments from `from` through `to`, at most two months, each on the day that it has in its own time zone.
    It shows nothing clinical and no money.
    """
    return queries.agenda(session, actor, AgendaQuestion(**query))


def get_client_appointments(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a client's appointments

    Past and coming ones, each on the day that it has in its own time zone. Others who come to a group are left out
    where the person may not see them. A client whom the person may not see is answered like one that does not exist.
    """
    return lists.of_client(session, actor, client_id, **query)


def get_time_zone_change(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """Count the coming appointments that keep their time zone if the organization's changes

    Counts coming appointments that were booked in another time zone. Changes nothing.
    """
    return queries.time_zone_change(session, actor, **query)


def shown(session: Session, actor: Caller, appointment: Appointment) -> Dumped:
    """The schema alone knows nobody: who is shown depends on who asks, as on the agenda."""
    session.flush()
    attendees = queries.shown_attendees(session, actor, appointment)
    return Dumped(
        dump(AppointmentSchema, appointment),
        client_ids=[str(attendee.client_id) for attendee in attendees],
        documented=rules.documented((attendee.status, attendee.documented_version) for attendee in attendees),
    )


def shown_with_warnings(session: Session, actor: Caller, appointment: Appointment, strangers: list[UUID]) -> Dumped:
    """With a warning where the clinician is not assigned to the clients who are `strangers`, of those who are shown."""
    about = shown(session, actor, appointment)
    strangers = [stranger for stranger in strangers if str(stranger) in about["client_ids"]]
    detail = "The clinician is not assigned to the client, and cannot write about them before that."
    warning = {
        "code": "clinician_not_assigned",
        "detail": detail,
        "client_ids": [str(stranger) for stranger in strangers],
    }
    return Dumped(about, warnings=[warning] if strangers else [])


_ONE = "/api/v1/appointments/{appointment_id}"
ROUTES = (
    Route("GET", _ONE, "appointments:read", get_appointment, response=AppointmentSchema, audit="appointment.read"),
    Route(
        "GET",
        "/api/v1/agenda",
        "agenda:read",
        get_agenda,
        query=AgendaQuery,
        response=AgendaSchema,
        audit="agenda.read",
        example={"from": "2026-09-01", "to": "2026-09-07"},
    ),
    Route(
        "GET",
        "/api/v1/clients/{client_id}/appointments",
        "agenda:read",
        get_client_appointments,
        query=ClientAppointmentsQuery,
        response=ClientAppointmentsPage,
        audit="appointments.list",
        example={"from": "2026-09-01", "sort": "starts_at"},
    ),
    Route(
        "GET",
        "/api/v1/agenda/time-zone-change",
        "organization:update",
        get_time_zone_change,
        query=TimeZoneQuery,
        response=TimeZoneChangeSchema,
        audit="agenda.count",
        example={"time_zone": "America/Chicago"},
    ),
)
