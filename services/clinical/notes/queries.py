"""Reading notes: only through the case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, lazyload

from services.clinical.cases.models import Case, CaseMember
from services.clinical.cases.queries import case_readable, case_rule, case_visible
from services.clinical.copies.models import OrganizationCopy, StaffCopy
from services.clinical.copies.queries import known_service_type
from services.clinical.notes.models import Note
from services.clinical.notes.rules import DISCARDED
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import Invalid, NotFound
from shared.permissions import LEVELS, SIGNING_LEVELS, Restriction, sees_all_cases
from shared.web.paging import paginate
from shared.work_items.kinds import Kind
from shared.work_items.models import WorkItem

EVERY_CASE_LEVELS = sorted(level for level in LEVELS if sees_all_cases([level], ()))
EVERY_CASE_LEVELS_AT_LEAST = sorted(
    level for level in EVERY_CASE_LEVELS if sees_all_cases([level], [Restriction.CASES_ASSIGNED])
)

FORMER_AUTHOR: Final = "former_author"  # the rule on record
_Left = aliased(CaseMember)  # who was taken off; the condition of a readable case looks at members too
_READABLE_UNTIL: Final = _Left.since + func.make_interval(0, 0, 0, OrganizationCopy.author_access_days)


def is_kept() -> ColumnElement[bool]:
    """The condition that a note was not discarded."""
    return Note.review.is_distinct_from(DISCARDED)


def author_can_finish(organization_id: UUID) -> ColumnElement[bool]:
    """The condition that a note's author is here, has a level that signs notes, and works in its case.

    Administrators work in every case; where the practice restricts Administration to assigned cases, Organization
    Administration alone does.
    """
    restricts = exists().where(
        OrganizationCopy.organization_id == organization_id, OrganizationCopy.restricts_administration
    )
    on_the_case = exists().where(
        CaseMember.organization_id == organization_id,
        CaseMember.case_id == Note.case_id,
        CaseMember.staff_id == Note.author_id,
        CaseMember.active,
    )
    return exists().where(
        StaffCopy.organization_id == organization_id,
        StaffCopy.id == Note.author_id,
        StaffCopy.active,
        StaffCopy.levels.overlap(sorted(SIGNING_LEVELS)),
        or_(
            StaffCopy.levels.overlap(EVERY_CASE_LEVELS_AT_LEAST),
            and_(StaffCopy.levels.overlap(EVERY_CASE_LEVELS), ~restricts),
            on_the_case,
        ),
    )


def is_in_hand() -> ColumnElement[bool]:
    """The condition that a note is a draft that its author still writes: what was submitted bears their signature."""
    return and_(Note.signed_at.is_(None), Note.review.is_distinct_from("submitted"), is_kept())


def _works_on_left_draft(person: Person) -> ColumnElement[bool]:
    """The condition that a work item is about a draft of a case that somebody works in, which is left while open."""
    left = and_(is_in_hand(), ~author_can_finish(person.organization_id))
    return exists().where(
        Note.organization_id == person.organization_id,
        Note.id == WorkItem.subject_id,
        exists().where(case_visible(person), Case.id == Note.case_id),
        or_(WorkItem.state == "done", left),
    )


ORPHAN: Final = Kind(
    "orphan_draft",
    "a draft whose author left, left the case, or may no longer sign",
    "note",
    level="administration",
    by_hand=False,
    wall=_works_on_left_draft,
)


def ensure_known(session: Session, actor: Caller, add_ons: Iterable[UUID]) -> None:
    """Services given in addition are in the catalogue and in use; raises `Invalid`. May wait, so ask before locking."""
    for service_type_id in add_ons:
        if not known_service_type(session, actor, service_type_id, "add_on_service_type_ids").active:
            raise Invalid.field("add_on_service_type_ids", "not_active", "This service is archived.")


def orphan_drafts(session: Session, actor: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of drafts, without their text, whose author cannot finish them; of cases that the actor works in."""
    statement = heads_of(actor.organization_id).where(
        is_in_hand(),
        ~author_can_finish(actor.organization_id),
        exists().where(case_visible(actor), Case.id == Note.case_id),
    )
    audit.describe(session, rule=case_rule(actor))
    return paginate(session, statement, [Note.id], limit=limit, cursor=cursor, scalars=False)


def readable_note(session: Session, actor: Caller, note_id: UUID) -> Note:
    """A note of a case that the actor may read, or that they signed before they left it; raises `NotFound`."""
    kept = exists().where(*_signed_before_leaving(actor))
    open_to_them = or_(case_readable(actor), kept)
    found = session.execute(_with_case(actor, note_id).add_columns(case_readable(actor)).where(open_to_them)).first()
    if found is not None and not found[2]:
        note: Note = found[0]
        audit.describe(session, client_id=note.client_id, rule=FORMER_AUTHOR)
        return note
    return _found(session, actor, note_id, found)


def former_notes(session: Session, actor: Person, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the notes without their text that the actor signed in cases they left since, newest first.

    As long as the practice lets them read these; a case that is open to them otherwise is not among them.
    """
    statement = (
        heads_of(actor.organization_id)
        .add_columns(_READABLE_UNTIL.label("readable_until"))
        .join(Case, (Case.organization_id == Note.organization_id) & (Case.id == Note.case_id))
        .where(*_signed_before_leaving(actor), ~case_readable(actor))
    )
    page = paginate(session, statement, [Note.id], limit=limit, cursor=cursor, descending=True, scalars=False)
    audit.describe(session, client_ids=sorted({note.client_id for note in page["items"]}), rule=FORMER_AUTHOR)
    return page


def _signed_before_leaving(actor: Caller) -> tuple[ColumnElement[bool], ...]:
    """The conditions that the actor signed a note in a case that they were taken off, not too long ago for reading it.

    Members of the case, and the practice, which says for how many days.
    """
    here = actor.organization_id
    return (
        Note.author_id == actor.actor_id,
        Note.signed_at.is_not(None),
        _Left.organization_id == here,
        _Left.case_id == Note.case_id,
        _Left.staff_id == actor.actor_id,
        ~_Left.active,
        OrganizationCopy.organization_id == _Left.organization_id,
        OrganizationCopy.author_access_days > 0,
        clock.now() < _READABLE_UNTIL,
    )


def visible_note(
    session: Session,
    actor: Caller,
    note_id: UUID,
    *,
    for_update: bool = False,
    authors_only: bool = False,
    alone: bool = False,
) -> Note:
    """A note of a case that the actor may work in; raises `NotFound`. With `for_update` it stays locked.

    `authors_only`: the command refuses everybody but the author, so that is the rule on record. `alone`: what belongs
    to the note is read with the lock that follows.
    """
    statement = _with_case(actor, note_id).where(case_visible(actor))
    if alone:
        statement = statement.options(*map(lazyload, (Note.versions, Note.addenda, Note.reviews)))
    if for_update:
        statement = statement.with_for_update(of=Note)
    return _one(session, actor, note_id, statement, rule="author" if authors_only else None)


def _with_case(actor: Caller, note_id: UUID) -> Select[Note, bool]:
    """A note, and whether the actor may work in its case."""
    return (
        select(Note, case_visible(actor))
        .join(Case, (Case.organization_id == Note.organization_id) & (Case.id == Note.case_id))
        .where(Note.organization_id == actor.organization_id, Note.id == note_id)
    )


def _one(
    session: Session, actor: Caller, note_id: UUID, statement: Select[Note, bool], rule: str | None = None
) -> Note:
    """The note that `statement` finds, with its client and the rule on record; raises `NotFound`, with the client too.

    The rule is `rule`, else the one by which its case is open.
    """
    return _found(session, actor, note_id, session.execute(statement).first(), rule)


def _found(session: Session, actor: Caller, note_id: UUID, found: Any, rule: str | None = None) -> Note:
    if found is None:
        hidden = select(Note.client_id).where(Note.organization_id == actor.organization_id, Note.id == note_id)
        audit.describe(session, client_id=session.scalar(hidden))
        raise NotFound()
    note: Note = found[0]
    audit.describe(session, client_id=note.client_id, rule=rule or case_rule(actor, own=found[1]))
    return note


def heads_of(organization_id: UUID) -> Select[*tuple[Any, ...]]:
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
        Note.review,
        Note.signed_at,
    ).where(Note.organization_id == organization_id)
