"""Somebody's open work, from clinical's records and copies: all of it, or that with one client."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, true

from services.clinical.agenda.models import Attendee
from services.clinical.cases.models import Case, CaseMember
from services.clinical.cases.queries import case_visible
from services.clinical.copies.models import AssignmentCopy, StaffCopy
from services.clinical.copies.queries import assigned_to, known_client, known_staff, of_family, practice_today
from services.clinical.notes.models import Note
from services.clinical.open_work_counts.queries import Of, coming, drafts_of, narrowed, plans_of, to_review_of
from services.clinical.treatment_plans.rules import REVIEW_ANNOUNCED
from shared import audit
from shared.actor import Caller, Person
from shared.database.session import Session

LISTED_MAX = 100
NOTHING: dict[str, Any] = {"count": 0, "items": []}


def open_work(session: Session, actor: Caller, staff_id: UUID, client_id: UUID | None) -> dict[str, Any]:
    """How much of each kind there is, with the first `LISTED_MAX` of each; of one client, or of all of them.

    Of a client, notes and plans are named where the actor works in their case; how many there are stands there always.
    Raises `NotFound` where the actor may not know of the client, and `Forbidden` for everything of somebody without
    the permission to change staff.
    """
    if client_id is None:
        actor.require("staff:update")
    else:
        known_client(session, actor, client_id)
        audit.describe(session, object_id=staff_id, client_id=client_id)
    known_staff(session, actor, staff_id)
    return work_of(session, actor, staff_id, client_id, review_announced(session, actor))


def review_announced(session: Session, actor: Caller) -> date:
    """The last day whose reviews of treatment plans are due or announced; waits and raises as `organization` does."""
    return practice_today(session, actor) + REVIEW_ANNOUNCED


def work_of(session: Session, actor: Caller, staff_id: UUID, client_id: UUID | None, until: date) -> dict[str, Any]:
    """The open work of somebody whom the actor may ask about; plans whose review is due by `until`. Nothing waits."""
    here = actor.organization_id
    clients = select(AssignmentCopy.client_id).where(
        AssignmentCopy.organization_id == here, AssignmentCopy.staff_id == staff_id, AssignmentCopy.active
    )
    if client_id is not None:
        clients = clients.where(AssignmentCopy.client_id == client_id)
    cases = (
        select(Case.id)
        .join(CaseMember, (CaseMember.organization_id == Case.organization_id) & (CaseMember.case_id == Case.id))
        .where(
            CaseMember.organization_id == here,
            CaseMember.staff_id == staff_id,
            CaseMember.active,
            Case.status == "open",
        )
    )
    supervised = select(StaffCopy.id, StaffCopy.display_name).where(
        StaffCopy.organization_id == here, StaffCopy.supervisor_id == staff_id, StaffCopy.active
    )
    of = None if client_id is None else _of(here, client_id)
    plans = plans_of(here, staff_id, until, of)
    seen = assigned_to(actor, Attendee.client_id) if isinstance(actor, Person) and actor.sees_assigned_only else true()
    named = None if client_id is None else actor
    return {
        "staff_id": staff_id,
        "clients": _count(session, clients),
        "cases": _count(session, narrowed(cases, Case.client_id, of)),
        "appointments": _listed(session, coming(here, staff_id, of, seen)),
        "drafts": _listed_notes(session, named, drafts_of(here, staff_id, of)),
        "to_review": _listed_notes(session, named, to_review_of(here, staff_id, of)),
        "plans_due": _named(session, named, plans),
        "supervised": _listed(session, supervised.order_by(StaffCopy.id)) if client_id is None else NOTHING,
    }


def open_appointments(session: Session, actor: Caller, staff_id: UUID, client_id: UUID) -> list[UUID]:
    """The first `LISTED_MAX` coming appointments of somebody with a client, in their order."""
    statement = coming(actor.organization_id, staff_id, _of(actor.organization_id, client_id))
    return list(session.scalars(statement.limit(LISTED_MAX)))


def open_drafts(session: Session, actor: Caller, staff_id: UUID, client_id: UUID) -> list[UUID]:
    """The first `LISTED_MAX` drafts of somebody about a client, of cases that the actor works in."""
    statement = _of_own_cases(drafts_of(actor.organization_id, staff_id, _of(actor.organization_id, client_id)), actor)
    return list(session.scalars(statement.limit(LISTED_MAX)))


def _of(organization_id: UUID, client_id: UUID) -> Of:
    return partial(of_family, organization_id=organization_id, client_ids=[client_id])


def _listed_notes(session: Session, named: Caller | None, notes: Select[*tuple[Any, ...]]) -> dict[str, Any]:
    """Like `_listed`; for an actor who is `named`, only what they may know of is listed, and all of it counted."""
    if named is None:
        return _listed(session, notes)
    return {"count": _count(session, notes), "items": _listed(session, _of_own_cases(notes, named))["items"]}


def _named(session: Session, named: Caller | None, plans: Select[*tuple[Any, ...]]) -> dict[str, Any]:
    if named is None or named.sees_all_cases:
        return _listed(session, plans)
    own = set(session.scalars(select(Case.id).where(case_visible(named), Case.id.in_(_cases_in(session, plans)))))
    listed = _listed(session, plans)
    return {"count": listed["count"], "items": [plan for plan in listed["items"] if plan.case_id in own]}


def _cases_in(session: Session, plans: Select[*tuple[Any, ...]]) -> list[UUID]:
    return [plan.case_id for plan in session.execute(plans.limit(LISTED_MAX))]


def _of_own_cases(notes: Select[*tuple[Any, ...]], actor: Caller) -> Select[*tuple[Any, ...]]:
    case = (Case.organization_id == Note.organization_id) & (Case.id == Note.case_id)
    return notes.join(Case, case).where(case_visible(actor))


def _count(session: Session, statement: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0


def _listed(session: Session, statement: Select[*tuple[Any, ...]]) -> dict[str, Any]:
    first = list(session.execute(statement.limit(LISTED_MAX)))
    return {"count": _count(session, statement) if len(first) == LISTED_MAX else len(first), "items": first}
