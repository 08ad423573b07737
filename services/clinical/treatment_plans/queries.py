"""Reading treatment plans."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.orm.attributes import InstrumentedAttribute

from services.clinical.cases.models import Case, CaseMember
from services.clinical.cases.queries import case_readable, case_rule, case_visible
from services.clinical.treatment_plans.models import TreatmentPlan
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def list_plans(session: Session, case: Case, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of a case's plans, newest first."""
    statement = select(TreatmentPlan).where(
        TreatmentPlan.organization_id == case.organization_id, TreatmentPlan.case_id == case.id
    )
    keys = [TreatmentPlan.effective_from, TreatmentPlan.id]
    return paginate(session, statement, keys, limit=limit, cursor=cursor, descending=True)


def visible_plan(session: Session, actor: Caller, plan_id: UUID, *, for_update: bool = False) -> TreatmentPlan:
    """A plan of a case that the actor may work in; raises `NotFound`. With `for_update` it stays locked.

    Whose plan was asked for is on record either way.
    """
    statement = _with_case(actor, plan_id).where(case_visible(actor))
    return _one(session, actor, plan_id, statement.with_for_update(of=TreatmentPlan) if for_update else statement)


def readable_plan(session: Session, actor: Caller, plan_id: UUID) -> TreatmentPlan:
    """A plan of a case that the actor may read; raises `NotFound`."""
    return _one(session, actor, plan_id, _with_case(actor, plan_id).where(case_readable(actor)))


def _with_case(actor: Caller, plan_id: UUID) -> Select[TreatmentPlan, UUID, bool]:
    """A plan, whose it is, and whether the actor may work in its case."""
    return (
        select(TreatmentPlan, Case.client_id, case_visible(actor))
        .join(Case, (Case.organization_id == TreatmentPlan.organization_id) & (Case.id == TreatmentPlan.case_id))
        .where(TreatmentPlan.organization_id == actor.organization_id, TreatmentPlan.id == plan_id)
    )


def _one(session: Session, actor: Caller, plan_id: UUID, statement: Select[TreatmentPlan, UUID, bool]) -> TreatmentPlan:
    found = session.execute(statement).first()
    if found is None:
        hidden = _with_case(actor, plan_id).with_only_columns(Case.client_id)
        audit.describe(session, client_id=session.scalar(hidden))
        raise NotFound()
    plan, client_id, works_in_case = found
    audit.describe(session, client_id=client_id, rule=case_rule(actor, own=works_in_case))
    return plan


def plans_to_review(
    organization_id: UUID, staff_id: UUID | InstrumentedAttribute[UUID], until: date
) -> Select[*tuple[Any, ...]]:
    """The newest signed plan of each open case that a member of staff is on, where its review is due by `until`.

    Rows of id, case_id, client_id, author_id, signed_at and due_on.
    """
    newest = (
        select(TreatmentPlan.id, TreatmentPlan.created_by, TreatmentPlan.review_on, TreatmentPlan.signed_at)
        .where(
            TreatmentPlan.organization_id == organization_id,
            TreatmentPlan.case_id == Case.id,
            TreatmentPlan.signed_at.is_not(None),
        )
        .order_by(TreatmentPlan.effective_from.desc(), TreatmentPlan.id.desc())
        .limit(1)
        .lateral("newest")
    )
    return (
        select(
            newest.c.id,
            Case.id.label("case_id"),
            Case.client_id,
            newest.c.created_by.label("author_id"),
            newest.c.signed_at,
            newest.c.review_on.label("due_on"),
        )
        .join(CaseMember, (CaseMember.organization_id == Case.organization_id) & (CaseMember.case_id == Case.id))
        .join(newest, true())
        .where(
            Case.organization_id == organization_id,
            Case.status == "open",
            CaseMember.organization_id == organization_id,
            CaseMember.staff_id == staff_id,
            CaseMember.active,
            newest.c.review_on <= until,
        )
    )


def has_signed_plan(organization_id: UUID, case_id: UUID, on: date) -> ColumnElement[bool]:
    """The condition that a signed plan of the case was in force at a date of service.

    A signed plan is in force from its day until the next signed one takes effect, so one that took effect is enough:
    neither a draft, nor a discarded one, nor a plan of another case of the client makes a difference.
    """
    return exists().where(
        TreatmentPlan.organization_id == organization_id,
        TreatmentPlan.case_id == case_id,
        TreatmentPlan.effective_from <= on,
        TreatmentPlan.signed_at.is_not(None),
    )


def plan_in_force(session: Session, organization_id: UUID, case_id: UUID, on: date) -> TreatmentPlan | None:
    """The signed plan of a case that is in force at a date of service: the last to take effect; None: there is none."""
    return session.scalar(
        select(TreatmentPlan)
        .where(
            TreatmentPlan.organization_id == organization_id,
            TreatmentPlan.case_id == case_id,
            TreatmentPlan.effective_from <= on,
            TreatmentPlan.signed_at.is_not(None),
        )
        .order_by(TreatmentPlan.effective_from.desc(), TreatmentPlan.id.desc())
        .limit(1)
    )


def first_day_with_signed_plan(session: Session, case: Case) -> date | None:
    """The day from which the case has a signed plan in force; None: it has none."""
    return session.scalar(
        select(func.min(TreatmentPlan.effective_from)).where(
            TreatmentPlan.organization_id == case.organization_id,
            TreatmentPlan.case_id == case.id,
            TreatmentPlan.signed_at.is_not(None),
        )
    )
