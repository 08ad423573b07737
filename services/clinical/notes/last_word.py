"""Who has the last word on what somebody writes: a supervisor who approves or co-signs it, or its author alone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from services.clinical.agenda.models import Appointment
from services.clinical.last_word.queries import supervision_of
from services.clinical.last_word.rules import Supervision, keeps_the_last_word
from services.clinical.notes.models import Note
from services.clinical.notes.rules import DISCARDED
from shared.database.session import Session


def last_word_is_kept(session: Session, note: Note) -> bool:
    """The same of a note: whether the supervisor of who gave the service decides, as its author is now.

    Without one, who it was submitted to.
    """
    clinician_id, here = note.rendering_staff_id, note.organization_id
    if clinician_id == note.author_id:
        return True
    supervision = supervision_of(session, here, clinician_id) or _awaited(note)
    return keeps_the_last_word(note.author_id, supervision, supervision_of(session, here, note.author_id))


def last_word_on(session: Session, note: Note) -> Supervision | None:
    """Who decides about a note before it counts: who supervises its author, else whom it was submitted to.

    So supervision that is taken away frees what its author writes from then on, not what waits or was sent back.
    """
    waits_for = _awaited(note)
    if waits_for is not None and waits_for.supervisor_id == note.author_id:
        waits_for = None
    return supervision_of(session, note.organization_id, note.author_id) or waits_for


def _awaited(note: Note) -> Supervision | None:
    if note.awaited_supervisor_id is None or note.awaited_mode is None:
        return None
    return Supervision(note.awaited_supervisor_id, note.awaited_mode)


def awaited_of_session(session: Session, appointment: Appointment, client_id: UUID) -> Supervision | None:
    """Whose word a discarded draft about this session still waited for; None where there is none.

    `ix_notes_awaited` serves it.
    """
    wanted = select(Note).where(
        Note.organization_id == appointment.organization_id,
        Note.appointment_id == appointment.id,
        Note.client_id == client_id,
        Note.review == DISCARDED,
        Note.awaited_supervisor_id.is_not(None),
    )
    statement = wanted.options(*map(lazyload, (Note.versions, Note.addenda, Note.reviews)))
    found = session.scalars(statement.order_by(Note.id.desc()).limit(1)).first()
    return None if found is None else _awaited(found)
