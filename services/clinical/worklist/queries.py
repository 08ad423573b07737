"""Reading the worklist: one query per kind, each over an index, all with the same columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.rules import OCCUPYING
from services.clinical.cases.models import Case
from services.clinical.cases.queries import case_visible
from services.clinical.copies.models import StaffCopy
from services.clinical.copies.queries import assigned_to, family_of, practice_today
from services.clinical.last_word.rules import REVIEWING_MODES
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.queries import plans_to_review
from services.clinical.treatment_plans.rules import REVIEW_ANNOUNCED
from services.clinical.worklist import rules
from shared import clock
from shared.actor import Person
from shared.database.session import Session
from shared.web.paging import paginate


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose list, now, and up to which day a review of a plan is announced; about whom, a family; None: everybody."""

    actor: Person
    now: datetime
    announced: date
    client_ids: Sequence[UUID] | None

    def about(self, client_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        """The condition that a row is about whom the list is about."""
        return true() if self.client_ids is None else client_id.in_(self.client_ids)


def worklist(
    session: Session, actor: Person, kind: str | None, client_id: UUID | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of what waits for the actor, longest first, and how much there is of each kind, to `COUNTED_MAX`.

    A `kind` alone, or everything that is the actor's turn.
    `client_id`: what is about that client alone, counts too. It is what waits for the actor in any case, so a client
    whom they may not know is one about whom nothing waits.
    """
    family = None if client_id is None else family_of(session, actor.organization_id, client_id)
    wanted = Asked(actor, clock.now(), practice_today(session, actor) + REVIEW_ANNOUNCED, family)
    rows = union_all(*(KINDS[name](wanted) for name in (rules.TO_DO if kind is None else (kind,)))).subquery("work")
    keys = [rows.c.since, rows.c.kind, rows.c.id]
    about = f"{client_id or ''}"
    page = paginate(session, select(rows), keys, limit=limit, cursor=cursor, scalars=False, about=about)
    return {**page, "counts": {name: _count(session, KINDS[name](wanted)) for name in rules.KINDS}}


def _notes(wanted: Asked, kind: str, since: Any, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Unsigned notes of cases that the actor works in. `ix_notes_author` serves them by author."""
    here = wanted.actor.organization_id
    begins = select(Appointment.starts_at).where(
        Appointment.organization_id == Note.organization_id, Appointment.id == Note.appointment_id
    )
    return select(
        literal(kind, Text).label("kind"),
        Note.id.label("id"),
        Note.id.label("note_id"),
        Note.appointment_id,
        Note.case_id,
        Note.client_id,
        Note.author_id,
        since.label("since"),
        begins.scalar_subquery().label("starts_at"),
        cast(null(), Date).label("due_on"),
    ).where(
        Note.organization_id == here,
        Note.signed_at.is_(None),
        wanted.about(Note.client_id),
        exists().where(case_visible(wanted.actor), Case.id == Note.case_id),
        *conditions,
    )


def _drafts(wanted: Asked) -> Select[*tuple[Any, ...]]:
    return _notes(wanted, "draft", Note.created_at, Note.author_id == wanted.actor.staff_id, Note.review.is_(None))


def _returned(wanted: Asked) -> Select[*tuple[Any, ...]]:
    mine = Note.author_id == wanted.actor.staff_id
    return _notes(wanted, "returned", Note.updated_at, mine, Note.review == "returned")


def _submitted(wanted: Asked) -> Select[*tuple[Any, ...]]:
    mine = Note.author_id == wanted.actor.staff_id
    return _notes(wanted, "submitted", Note.submitted_at, mine, Note.review == "submitted")


def _to_approve(wanted: Asked) -> Select[*tuple[Any, ...]]:
    return _of_supervised(wanted, "to_approve", "approve")


def _to_cosign(wanted: Asked) -> Select[*tuple[Any, ...]]:
    return _of_supervised(wanted, "to_cosign", "co_sign")


def _of_supervised(wanted: Asked, kind: str, mode: str) -> Select[*tuple[Any, ...]]:
    """What waits for the actor, who supervises its author in this mode today, or did when nobody has since.

    `ix_notes_submitted` serves it.
    """
    theirs = Note.author_id.in_(_supervised(wanted, mode))
    author = aliased(StaffCopy)
    still = and_(
        Note.awaited_supervisor_id == wanted.actor.staff_id,
        Note.awaited_mode == mode,
        Note.author_id != wanted.actor.staff_id,
        ~exists().where(
            author.organization_id == wanted.actor.organization_id,
            author.id == Note.author_id,
            author.supervisor_id.is_not(None),
            author.supervision_mode.in_(REVIEWING_MODES),
        ),
    )
    return _notes(wanted, kind, Note.submitted_at, Note.review == "submitted", or_(theirs, still))


def _supervised(wanted: Asked, *modes: str) -> Select[UUID]:
    """Whom the actor supervises in one of these modes today."""
    return select(StaffCopy.id).where(
        StaffCopy.organization_id == wanted.actor.organization_id,
        StaffCopy.supervisor_id == wanted.actor.staff_id,
        StaffCopy.supervision_mode.in_(modes),
    )


def _without_note(wanted: Asked) -> Select[*tuple[Any, ...]]:
    """Past appointments of the actor that no note of a client stands for, back to `LOOK_BACK`."""
    here = wanted.actor.organization_id
    return (
        select(
            literal("no_note", Text).label("kind"),
            # One appointment may wait for several clients: the pair is unique, and so is this.
            func.md5(func.concat(Attendee.appointment_id, Attendee.client_id)).cast(Uuid).label("id"),
            cast(null(), Uuid).label("note_id"),
            Attendee.appointment_id,
            Attendee.case_id,
            Attendee.client_id,
            cast(null(), Uuid).label("author_id"),
            Appointment.starts_at.label("since"),
            Appointment.starts_at.label("starts_at"),
            cast(null(), Date).label("due_on"),
        )
        .join(
            Attendee,
            (Attendee.organization_id == Appointment.organization_id) & (Attendee.appointment_id == Appointment.id),
        )
        .where(
            Appointment.organization_id == here,
            Appointment.staff_id == wanted.actor.staff_id,
            Appointment.starts_at > wanted.now - rules.LOOK_BACK,
            Appointment.starts_at < wanted.now,
            Appointment.ends_at < wanted.now,
            Appointment.status.in_(OCCUPYING),
            Attendee.takes_time(),
            Attendee.organization_id == here,
            wanted.about(Attendee.client_id),
            assigned_to(wanted.actor, Attendee.client_id) if wanted.actor.sees_assigned_only else true(),
            ~exists().where(
                Note.organization_id == here,
                Note.appointment_id == Attendee.appointment_id,
                Note.client_id == Attendee.client_id,
                is_kept(),
            ),
        )
    )


def _plans_to_sign(wanted: Asked) -> Select[*tuple[Any, ...]]:
    """Drafts in cases of the actor, by those who do not sign them alone. `ix_treatment_plans_drafts` serves them."""
    here = wanted.actor.organization_id
    return (
        select(
            literal("plan_to_sign", Text).label("kind"),
            TreatmentPlan.id.label("id"),
            cast(null(), Uuid).label("note_id"),
            cast(null(), Uuid).label("appointment_id"),
            TreatmentPlan.case_id,
            Case.client_id,
            TreatmentPlan.created_by.label("author_id"),
            TreatmentPlan.created_at.label("since"),
            cast(null(), DateTime(timezone=True)).label("starts_at"),
            cast(null(), Date).label("due_on"),
        )
        .join(Case, (Case.organization_id == here) & (Case.id == TreatmentPlan.case_id))
        .where(
            TreatmentPlan.organization_id == here,
            TreatmentPlan.created_by.in_(_supervised(wanted, *REVIEWING_MODES)),
            TreatmentPlan.signed_at.is_(None),
            TreatmentPlan.discarded_at.is_(None),
            wanted.about(Case.client_id),
            case_visible(wanted.actor),
        )
    )


def _plans_due(wanted: Asked) -> Select[*tuple[Any, ...]]:
    plans = plans_to_review(wanted.actor.organization_id, wanted.actor.staff_id, wanted.announced)
    plan = plans.where(wanted.about(Case.client_id)).subquery("plan")
    return select(
        literal("plan_due", Text).label("kind"),
        plan.c.id.label("id"),
        cast(null(), Uuid).label("note_id"),
        cast(null(), Uuid).label("appointment_id"),
        plan.c.case_id,
        plan.c.client_id,
        plan.c.author_id,
        plan.c.signed_at.label("since"),
        cast(null(), DateTime(timezone=True)).label("starts_at"),
        plan.c.due_on,
    )


def _count(session: Session, statement: Select[*tuple[Any, ...]]) -> int:
    some = statement.limit(rules.COUNTED_MAX).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


KINDS: dict[str, Callable[[Asked], Select[*tuple[Any, ...]]]] = {
    "draft": _drafts,
    "no_note": _without_note,
    "returned": _returned,
    "to_approve": _to_approve,
    "to_cosign": _to_cosign,
    "plan_to_sign": _plans_to_sign,
    "plan_due": _plans_due,
    "submitted": _submitted,
}
