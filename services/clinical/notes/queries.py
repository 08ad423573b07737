"""Reading notes: only through the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from services.clinical.cases.models import Case
from services.clinical.cases.queries import case_readable, case_rule, case_visible, readable_case
from services.clinical.copies.models import StaffCopy
from services.clinical.notes.models import Note
from shared import audit, permissions
from shared.actor import Actor
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate

SIGNING_LEVELS = [level for level, held in permissions.LEVELS.items() if "notes:sign" in held]


def author_can_sign(organization_id: UUID, author_id: UUID | InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The condition that this member of staff is here, and has a level that signs notes."""
    return exists().where(
        StaffCopy.organization_id == organization_id,
        StaffCopy.id == author_id,
        StaffCopy.active,
        StaffCopy.levels.overlap(SIGNING_LEVELS),
    )


def orphan_drafts(session: Session, actor: Actor, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of drafts, without their text, whose author can not finish them; of cases that the actor works in."""
    statement = _heads(actor.organization_id).where(
        Note.signed_at.is_(None),
        ~author_can_sign(actor.organization_id, Note.author_id),
        exists().where(case_visible(actor), Case.id == Note.case_id),
    )
    audit.describe(session, rule=case_rule(actor))
    return paginate(session, statement, [Note.id], limit=limit, cursor=cursor, scalars=False)


def visible_note(session: Session, actor: Actor, note_id: UUID, *, for_update: bool = False) -> Note:
    """A note of a case that the actor may work in, or, unless it is `for_update`, read; raises `NotFound`."""
    statement = select(Note).where(
        Note.organization_id == actor.organization_id,
        Note.id == note_id,
        exists().where(case_visible(actor) if for_update else case_readable(actor), Case.id == Note.case_id),
    )
    found = session.scalars(statement.with_for_update(of=Note) if for_update else statement).first()
    if found is None:
        hidden = select(Note.client_id).where(Note.organization_id == actor.organization_id, Note.id == note_id)
        audit.describe(session, client_id=session.scalar(hidden))
        raise NotFound()
    readable_case(session, actor, found.case_id)  # its client, and the rule, are on record
    return found


def notes_of_case(session: Session, case: Case, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of a case's notes without their text, newest first."""
    statement = _heads(case.organization_id).where(Note.case_id == case.id)
    return paginate(session, statement, [Note.id], limit=limit, cursor=cursor, descending=True, scalars=False)


def _heads(organization_id: UUID) -> Select[*tuple[Any, ...]]:
    """Notes without their text."""
    return select(
        Note.id,
        Note.version,
        Note.appointment_id,
        Note.client_id,
        Note.case_id,
        Note.author_id,
        Note.drafted_by,
        Note.template,
        Note.minutes,
        Note.created_at,
        Note.signed_at,
    ).where(Note.organization_id == organization_id)
