"""Reading cases. The one predicate of who may see one is here; everything clinical goes through it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from services.clinical.cases.models import Case, CaseMember
from services.clinical.cases.rules import SeveralOpenCases
from shared.actor import Actor
from shared.errors import FieldError, NotFound
from shared.web.paging import paginate


def case_visible(actor: Actor) -> ColumnElement[bool]:
    """The condition for cases that the actor may see: those they are on, or for administrators all."""
    own = Case.organization_id == actor.organization_id
    if actor.sees_all_cases:
        return own
    return and_(
        own,
        exists().where(
            CaseMember.organization_id == Case.organization_id,
            CaseMember.case_id == Case.id,
            CaseMember.staff_id == actor.staff_id,
            CaseMember.active,
        ),
    )


def visible_case(session: Session, actor: Actor, case_id: UUID, *, for_update: bool = False) -> Case:
    """A case that the actor may see; raises `NotFound`. Locked until the transaction ends when `for_update`."""
    statement = select(Case).where(case_visible(actor), Case.id == case_id)
    found = session.scalars(statement.with_for_update(of=Case) if for_update else statement).first()
    if found is None:
        raise NotFound()
    return found


def cases_of_client(session: Session, actor: Actor, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the client's cases that the actor may see, oldest first."""
    statement = select(Case).where(case_visible(actor), Case.client_id == client_id)
    return paginate(session, statement, [Case.id], limit=limit, cursor=cursor)


def members_of(session: Session, case: Case) -> list[UUID]:
    """The staff on a case, in the order in which they were first put on it."""
    statement = (
        select(CaseMember.staff_id)
        .where(
            CaseMember.organization_id == case.organization_id,
            CaseMember.case_id == case.id,
            CaseMember.active,
        )
        .order_by(CaseMember.since, CaseMember.staff_id)
    )
    return list(session.scalars(statement))


def only_open_case(session: Session, organization_id: UUID, client_id: UUID) -> Case | None:
    """The client's open case, None without one; raises `SeveralOpenCases`. Not a look at the case by anybody."""
    statement = (
        select(Case)
        .where(Case.organization_id == organization_id, Case.client_id == client_id, Case.status == "open")
        .order_by(Case.id)
        .limit(2)
    )
    found = list(session.scalars(statement))
    if len(found) > 1:
        detail = SeveralOpenCases.detail
        raise SeveralOpenCases(errors=[FieldError("case_id", SeveralOpenCases.code, detail)])
    return found[0] if found else None
