"""Appointments that an import booked and nobody has touched since: undoing the import takes them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from services.clinical.agenda.models import Appointment, AppointmentChange, Attendee
from services.clinical.agenda.queries import as_booked
from services.clinical.notes.models import Note
from services.clinical.requested_bookings.models import RequestedBooking
from shared.database.session import Session


def untouched(
    session: Session, organization_id: UUID, client_ids: Collection[UUID], *, waits: bool
) -> Mapping[UUID, frozenset[UUID]]:
    """By client the appointments that an import booked for them alone and that are as it booked them, locked.

    One that somebody is changing at this moment is none of them; with `waits`, once they have changed it.
    """
    lines, places = (_how_many(model) for model in (AppointmentChange, Attendee))
    written = exists().where(Note.organization_id == organization_id, Note.appointment_id == Appointment.id)
    wanted = (
        select(RequestedBooking.client_id, Appointment.id)
        .join(
            Appointment,
            and_(
                Appointment.organization_id == RequestedBooking.organization_id,
                Appointment.id == RequestedBooking.appointment_id,
            ),
        )
        .join(
            Attendee,
            and_(
                Attendee.organization_id == Appointment.organization_id,
                Attendee.appointment_id == Appointment.id,
                Attendee.client_id == RequestedBooking.client_id,
            ),
        )
        .where(
            RequestedBooking.organization_id == organization_id,
            RequestedBooking.client_id.in_(client_ids),
            as_booked(),
            Attendee.status.is_(None),
            lines == 1,
            places == 1,
            ~written,
        )
        .order_by(Appointment.id)
        .with_for_update(of=Appointment, skip_locked=not waits)
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for client_id, appointment_id in session.execute(wanted):
        found[client_id].add(appointment_id)
    return {client_id: frozenset(ids) for client_id, ids in found.items()}


def _how_many(model: type[AppointmentChange | Attendee]) -> ColumnElement[int]:
    """How many rows of an appointment there are: of one that nobody touched one each."""
    theirs = model.organization_id == Appointment.organization_id, model.appointment_id == Appointment.id
    return select(func.count()).select_from(model).where(*theirs).correlate(Appointment).scalar_subquery()
