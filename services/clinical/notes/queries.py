"""Reading notes: only through the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.clinical.cases.models import Case
from services.clinical.cases.queries import case_visible
from services.clinical.notes.models import Note
from shared.actor import Actor
from shared.errors import NotFound
from shared.web.paging import paginate


def visible_note(session: Session, actor: Actor, note_id: UUID, *, for_update: bool = False) -> Note:
    """A note of a case that the actor may see; raises `NotFound`."""
    statement = select(Note).where(
        Note.organization_id == actor.organization_id,
        Note.id == note_id,
        exists().where(case_visible(actor), Case.id == Note.case_id),
    )
    found = session.scalars(statement.with_for_update(of=Note) if for_update else statement).first()
    if found is None:
        raise NotFound()
    return found


def notes_of_case(session: Session, case: Case, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of a case's notes without their text, newest first."""
    statement = select(
        Note.id,
        Note.version,
        Note.appointment_id,
        Note.client_id,
        Note.case_id,
        Note.author_id,
        Note.template,
        Note.minutes,
        Note.created_at,
        Note.signed_at,
    ).where(Note.organization_id == case.organization_id, Note.case_id == case.id)
    return paginate(session, statement, [Note.id], limit=limit, cursor=cursor, descending=True, scalars=False)
