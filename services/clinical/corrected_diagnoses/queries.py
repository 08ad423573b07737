"""Which sessions of a case are documented, and on which days."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.cases.models import Case
from services.clinical.notes.models import Note
from shared import clock
from shared.database.session import Session


def documented_days(session: Session, case: Case) -> list[tuple[UUID, date]]:
    """Each note of a case that documents a session, with the date of service, in the order of ids.

    Served by `ix_notes_case`: a case has no more notes than it had sessions.
    """
    rows = session.execute(
        select(Note.id, Appointment.starts_at, Appointment.time_zone)
        .join(
            Attendee,
            (Attendee.organization_id == Note.organization_id)
            & (Attendee.appointment_id == Note.appointment_id)
            & (Attendee.client_id == Note.client_id),
        )
        .join(
            Appointment,
            (Appointment.organization_id == Note.organization_id) & (Appointment.id == Note.appointment_id),
        )
        .where(
            Note.organization_id == case.organization_id,
            Note.case_id == case.id,
            Attendee.documented_version > 0,
        )
        .order_by(Note.id)
    )
    return [(note_id, clock.utc_to_local(starts_at, zone).date()) for note_id, starts_at, zone in rows]
