"""Reading the roster of an appointment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, true

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.queries import visible_appointment
from services.clinical.cases.models import Case
from services.clinical.cases.queries import case_visible
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import assigned_to
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept
from shared import audit, clock
from shared.actor import Caller
from shared.database.session import Session

READS_NOTES = "notes:read"


def roster_of_appointment(session: Session, actor: Caller, appointment_id: UUID) -> dict[str, Any]:
    """Each client of an appointment whom the actor may know of; their notes, where the actor reads them.

    Raises `NotFound`.
    """
    appointment = visible_appointment(session, actor, appointment_id)
    statement = (
        select(Attendee, ClientCopy.display_name)
        .join(
            ClientCopy,
            (ClientCopy.organization_id == Attendee.organization_id) & (ClientCopy.id == Attendee.client_id),
            isouter=True,
        )
        .where(
            Attendee.organization_id == actor.organization_id,
            Attendee.appointment_id == appointment.id,
            assigned_to(actor, Attendee.client_id) if actor.sees_assigned_only else true(),
        )
        .order_by(ClientCopy.display_name, Attendee.client_id)
    )
    notes = _notes(session, actor, appointment_id)
    members: list[dict[str, Any]] = [
        {
            "client_id": attendee.client_id,
            "name": name,
            "status": appointment.status_of(attendee),
            "documented": attendee.documented_version > 0,
            "note_id": notes.get(attendee.client_id),
        }
        for attendee, name in session.execute(statement)
    ]
    audit.describe(session, object_id=appointment_id, client_ids=[member["client_id"] for member in members])
    return {
        "appointment_id": appointment_id,
        "group_id": appointment.group_id,
        "frozen_at": _frozen_at(session, appointment),
        "status": appointment.status,
        "members": members,
    }


def _frozen_at(session: Session, appointment: Appointment) -> datetime | None:
    """Since when an appointment of a group does not follow it: its start, or the first note about it."""
    if appointment.group_id is None:
        return None
    first = select(func.min(Note.created_at)).where(
        Note.organization_id == appointment.organization_id, Note.appointment_id == appointment.id, is_kept()
    )
    begun = appointment.starts_at if appointment.starts_at <= clock.now() else None
    return min((at for at in (begun, session.scalar(first)) if at is not None), default=None)


def _notes(session: Session, actor: Caller, appointment_id: UUID) -> dict[UUID, UUID]:
    """The note about each client, of cases that the actor works in."""
    if not actor.may(READS_NOTES):
        return {}
    case = and_(Case.organization_id == Note.organization_id, Case.id == Note.case_id)
    statement = (
        select(Note.client_id, Note.id)
        .join(Case, case)
        .where(
            Note.organization_id == actor.organization_id,
            Note.appointment_id == appointment_id,
            is_kept(),
            case_visible(actor),
        )
    )
    return dict(session.execute(statement).tuples().all())
