"""Reading cases. Who may see one is decided here alone; everything clinical goes through these predicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from services.clinical.cases.models import Case, CaseMember, CaseMemberChange, CaseStatusChange
from services.clinical.copies.queries import family_of, of_family
from services.clinical.record_access.queries import opened_by
from shared import audit
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def case_visible(actor: Caller) -> ColumnElement[bool]:
    """The condition for cases that the actor may work in: those they are on, or for administrators all."""
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


def case_readable(actor: Caller) -> ColumnElement[bool]:
    """The condition for cases that the actor may read: those to work in, and those opened in an emergency."""
    opened = and_(Case.organization_id == actor.organization_id, opened_by(actor, Case.client_id))
    return or_(case_visible(actor), opened)


def visible_case(session: Session, actor: Caller, case_id: UUID, *, for_update: bool = False) -> Case:
    """A case to work in; raises `NotFound`. Locked until the transaction ends when `for_update`."""
    statement = select(Case).where(case_visible(actor), Case.id == case_id)
    found = session.scalars(statement.with_for_update(of=Case) if for_update else statement).first()
    if found is None:
        raise _hidden(session, actor, case_id)
    audit.describe(session, client_id=found.client_id, rule=case_rule(actor))
    return found


def readable_case(session: Session, actor: Caller, case_id: UUID) -> Case:
    """A case to read; raises `NotFound`."""
    statement = select(Case, case_visible(actor)).where(case_readable(actor), Case.id == case_id)
    found = session.execute(statement).first()
    if found is None:
        raise _hidden(session, actor, case_id)
    case, own = found
    audit.describe(session, client_id=case.client_id, rule=case_rule(actor, own=own))
    return case


def cases_of_client(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the client's cases that the actor may see, oldest first."""
    family = family_of(session, actor.organization_id, client_id)
    statement = select(Case).where(case_readable(actor), Case.client_id.in_(family))
    page = paginate(session, statement, [Case.id], limit=limit, cursor=cursor)
    describe_cases(session, actor, client_id, [case.id for case in page["items"]])
    return page


def describe_cases(session: Session, actor: Caller, client_id: UUID, case_ids: Sequence[UUID]) -> None:
    """Put on record by which rule these readable cases of a client are shown; one through broken glass says it."""
    foreign = select(Case.id).where(
        Case.organization_id == actor.organization_id, Case.id.in_(case_ids), ~case_visible(actor)
    )
    own = actor.sees_all_cases or session.scalars(foreign.limit(1)).first() is None
    audit.describe(session, client_id=client_id, rule=case_rule(actor, own=own))


def case_rule(actor: Caller, *, own: bool = True) -> str:
    """By which rule a case is open, as the audit trail names it; not `own`: one that only broken glass shows."""
    if not own:
        return "break_glass"
    return "administrator" if actor.sees_all_cases else "on_case"


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


def member_history(session: Session, actor: Caller, case_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of who was put on a case and taken off, newest first. Raises `NotFound`."""
    readable_case(session, actor, case_id)
    statement = select(CaseMemberChange).where(
        CaseMemberChange.organization_id == actor.organization_id, CaseMemberChange.case_id == case_id
    )
    return paginate(session, statement, [CaseMemberChange.id], limit=limit, cursor=cursor, descending=True)


def status_history(session: Session, actor: Caller, case_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of when a case was closed and opened again, newest first. Raises `NotFound`."""
    readable_case(session, actor, case_id)
    statement = select(CaseStatusChange).where(
        CaseStatusChange.organization_id == actor.organization_id, CaseStatusChange.case_id == case_id
    )
    return paginate(session, statement, [CaseStatusChange.id], limit=limit, cursor=cursor, descending=True)


def only_open_case(session: Session, organization_id: UUID, client_id: UUID) -> Case | None:
    """The client's open case; None without one, and where there are several. Not a look at the case by anybody."""
    return _only_open(session, Case.organization_id == organization_id, organization_id, client_id)


def only_visible_case(session: Session, actor: Person, client_id: UUID) -> Case | None:
    """The one open case of the client that the actor may work in; None without one, and where there are several."""
    return _only_open(session, case_visible(actor), actor.organization_id, client_id)


def _only_open(session: Session, condition: ColumnElement[bool], organization_id: UUID, client_id: UUID) -> Case | None:
    theirs = of_family(Case.client_id, organization_id, [client_id])
    statement = select(Case).where(condition, theirs, Case.status == "open")
    found = list(session.scalars(statement.order_by(Case.id).limit(2)))
    return found[0] if len(found) == 1 else None


def _hidden(session: Session, actor: Caller, case_id: UUID) -> NotFound:
    """Whose case was asked for is on record also when the actor may not see it."""
    whose = select(Case.client_id).where(Case.organization_id == actor.organization_id, Case.id == case_id)
    audit.describe(session, client_id=session.scalar(whose))
    return NotFound()
