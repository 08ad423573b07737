"""Reading lists of notes, each with its session and its first line: only of cases that the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select

from services.clinical.agenda.models import Appointment
from services.clinical.agenda.rules import ensure_in_order
from services.clinical.cases.models import Case
from services.clinical.cases.queries import case_rule, case_visible, readable_case
from services.clinical.copies.queries import of_family, organization
from services.clinical.note_lists import rules
from services.clinical.notes.models import Addendum, Note, SignedVersion
from services.clinical.notes.queries import heads_of, is_kept
from services.clinical.notes.rules import DISCARDED
from shared import audit, clock
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate

BATCH: Final = 50  # notes whose texts are in memory at a time
SIGNED: Final = "signed"
_LATEST: Final = (
    select(SignedVersion.content)
    .where(SignedVersion.organization_id == Note.organization_id, SignedVersion.note_id == Note.id)
    .order_by(SignedVersion.number.desc())
    .limit(1)
    .correlate(Note)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class NotesWanted:
    """Which notes to list; None: any. `first` and `last`: days of the session, by the practice's calendar."""

    author_id: UUID | None
    client_id: UUID | None
    status: str | None
    template: str | None
    first: date | None
    last: date | None


def list_notes(session: Session, actor: Caller, wanted: NotesWanted, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the notes of cases that the actor works in, by their sessions, the last one first.

    Discarded ones only where that is the state asked for. A client of whom the actor may see no case has none.
    Raises `Invalid` for days out of order.
    """
    here = actor.organization_id
    statement = _with_session(here).where(
        exists().where(case_visible(actor), Case.id == Note.case_id),
        *_conditions(session, actor, wanted),
    )
    page = paginate(
        session,
        statement,
        [Appointment.starts_at, Note.id],
        limit=limit,
        cursor=cursor,
        descending=True,
        scalars=False,
        about=f"{wanted}",
    )
    audit.describe(session, client_id=wanted.client_id, rule=case_rule(actor))
    return {**page, "items": _lines(session, here, page["items"])}


def notes_of_case(session: Session, actor: Caller, case_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of a case's notes, the last begun first. Raises `NotFound`."""
    case = readable_case(session, actor, case_id)
    statement = _with_session(case.organization_id).where(Note.case_id == case.id)
    page = paginate(session, statement, [Note.id], limit=limit, cursor=cursor, descending=True, scalars=False)
    return {**page, "items": _lines(session, case.organization_id, page["items"])}


def find_in_case(session: Session, actor: Caller, case_id: UUID, words: str) -> dict[str, Any]:
    """The notes of a case whose text or addenda hold these words, the last begun first, at most `FOUND_MAX`.

    Looked through are the last `SEARCHED_MAX`; nothing is kept of what was looked for. Raises `NotFound`.
    """
    case = readable_case(session, actor, case_id)
    newest = _with_session(case.organization_id).where(Note.case_id == case.id).order_by(Note.id.desc())
    heads = session.execute(newest.limit(rules.SEARCHED_MAX + 1)).all()
    looked_at = heads[: rules.SEARCHED_MAX]
    found: dict[UUID, str | None] = {}
    for at in range(0, len(looked_at), BATCH):
        for note_id, texts in _texts(session, case.organization_id, looked_at[at : at + BATCH]).items():
            if (line := rules.found_line(texts, words)) is not None:
                found[note_id] = line
    shown = [row for row in looked_at if row.id in found]
    more = len(heads) > len(looked_at) or len(shown) > rules.FOUND_MAX
    return {"items": _lines(session, case.organization_id, shown[: rules.FOUND_MAX], found), "more": more}


def _conditions(session: Session, actor: Caller, wanted: NotesWanted) -> list[ColumnElement[bool]]:
    ensure_in_order(wanted.first, wanted.last)
    conditions = [_in_state(wanted.status)]
    if wanted.author_id is not None:
        conditions.append(Note.author_id == wanted.author_id)
    if wanted.client_id is not None:
        conditions.append(of_family(Note.client_id, actor.organization_id, [wanted.client_id]))
    if wanted.template is not None:
        conditions.append(Note.template == wanted.template)
    if wanted.first is not None or wanted.last is not None:
        zone = organization(session, actor).time_zone
        if wanted.first is not None:
            conditions.append(Appointment.starts_at >= clock.midnight(wanted.first, zone))
        if wanted.last is not None:
            conditions.append(Appointment.starts_at < clock.midnight(wanted.last + timedelta(days=1), zone))
    return conditions


def _in_state(status: str | None) -> ColumnElement[bool]:
    """The condition that a note is in a state; None: in any but discarded."""
    if status is None:
        return is_kept()
    if status == SIGNED:
        return Note.signed_at.is_not(None) & is_kept()
    if status == "draft":
        return Note.signed_at.is_(None) & Note.review.is_(None) & is_kept()
    reviewed = Note.signed_at.is_(None) & (Note.review == status)
    return reviewed if status == DISCARDED else reviewed & is_kept()


def _with_session(organization_id: UUID) -> Select[*tuple[Any, ...]]:
    """Notes without their text, each with its session."""
    own = (Appointment.organization_id == Note.organization_id) & (Appointment.id == Note.appointment_id)
    return (
        heads_of(organization_id)
        .add_columns(Appointment.starts_at, Appointment.ends_at, Appointment.time_zone, Appointment.service_type_id)
        .join(Appointment, own)
        .where(Appointment.organization_id == organization_id)
    )


def _texts(session: Session, organization_id: UUID, rows: Sequence[Any]) -> dict[UUID, list[str]]:
    """What holds of some notes, in the order of their forms, and then their addenda."""
    ids = [row.id for row in rows]
    holds = func.coalesce(_LATEST, Note.content).label("content")
    drafts_too = select(Note.id, Note.template, Note.signed_at, Note.content.label("draft"), holds).where(
        Note.organization_id == organization_id, Note.id.in_(ids)
    )
    texts = {
        note.id: rules.texts_of(note.template, note.content if note.signed_at else note.draft)
        for note in session.execute(drafts_too)
    }
    added = select(Addendum.note_id, Addendum.text).where(
        Addendum.organization_id == organization_id, Addendum.note_id.in_(ids)
    )
    for note_id, text in session.execute(added.order_by(Addendum.note_id, Addendum.id)):
        texts[note_id].append(text)
    return texts


def _lines(
    session: Session, organization_id: UUID, rows: Sequence[Any], lines: Mapping[UUID, str | None] | None = None
) -> list[SimpleNamespace]:
    """Rows of a list, each with a line of its text, the first unless `lines` gives others, and how many addenda."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    count = select(Addendum.note_id, func.count()).where(
        Addendum.organization_id == organization_id, Addendum.note_id.in_(ids)
    )
    addenda = {note_id: number for note_id, number in session.execute(count.group_by(Addendum.note_id))}  # noqa: C416 - rows are no pairs for mypy
    if lines is None:
        lines = {note_id: rules.first_line(text) for note_id, text in _texts(session, organization_id, rows).items()}
    return [SimpleNamespace(**row._mapping, line=lines[row.id], addenda=addenda.get(row.id, 0)) for row in rows]
