"""Explaining access from clinical's own copies: staff, assignments, members of cases, broken glass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.clinical.access import rules
from services.clinical.cases.models import Case, CaseMember
from services.clinical.cases.queries import case_readable, describe_cases
from services.clinical.copies.models import AssignmentCopy, StaffCopy
from services.clinical.copies.queries import as_person, family_of, known_client, known_staff, organization
from services.clinical.record_access.models import Opening
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate

CASES_MAX = 100


def explain(
    session: Session, actor: Caller, client_id: UUID, staff_id: UUID | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of staff, each with what of the client they can see and why. Without `staff_id`: everybody.

    Others than oneself only for who manages the staff; cases are named only to who may read them, the newest
    `CASES_MAX`. Raises `NotFound` for a client that the actor may not know of, `Forbidden`.
    """
    known_client(session, actor, client_id)
    if staff_id != actor.actor_id:
        actor.require("staff:update")
    statement = select(StaffCopy).where(StaffCopy.organization_id == actor.organization_id)
    if staff_id is not None:
        known_staff(session, actor, staff_id)
        statement = statement.where(StaffCopy.id == staff_id)
    page = paginate(session, statement, [StaffCopy.id], limit=limit, cursor=cursor)
    return {**page, "items": _verdicts(session, actor, client_id, page["items"])}


def _verdicts(session: Session, asker: Caller, client_id: UUID, staff: list[StaffCopy]) -> list[dict[str, Any]]:
    organization_id = asker.organization_id
    ids = [member.id for member in staff]
    practice = organization(session, asker)
    family = family_of(session, organization_id, client_id)
    cases = list(session.scalars(_cases(organization_id, family)))
    named = set(session.scalars(_cases(organization_id, family).where(case_readable(asker)).with_only_columns(Case.id)))
    named = named if asker.may("cases:read") else set()
    if named:
        describe_cases(session, asker, client_id, sorted(named))
    assigned = set(
        session.scalars(
            select(AssignmentCopy.staff_id).where(
                AssignmentCopy.organization_id == organization_id,
                AssignmentCopy.client_id == client_id,
                AssignmentCopy.staff_id.in_(ids),
                AssignmentCopy.active,
            )
        )
    )
    memberships = session.execute(
        select(CaseMember.staff_id, CaseMember.case_id).where(
            CaseMember.organization_id == organization_id,
            CaseMember.case_id.in_([case.id for case in cases]),
            CaseMember.staff_id.in_(ids),
            CaseMember.active,
        )
    )
    on_cases = {(staff_id, case_id) for staff_id, case_id in memberships}
    broke_glass = set(
        session.scalars(
            select(Opening.staff_id).where(
                Opening.organization_id == organization_id,
                Opening.client_id.in_(family),
                Opening.staff_id.in_(ids),
                Opening.ends_at > clock.now(),
            )
        )
    )
    answers = []
    for member in staff:
        standing = rules.Standing(
            person=as_person(member, practice),
            active=member.active,
            assigned=member.id in assigned,
            broke_glass=member.id in broke_glass,
        )
        verdicts = {case.id: rules.case(standing, on_case=(member.id, case.id) in on_cases) for case in cases}
        answers.append(
            {
                "staff_id": member.id,
                "display_name": member.display_name,
                "record": rules.record(standing),
                "ledger": rules.ledger(standing),
                "clinical": rules.clinical(list(verdicts.values()), rules.case(standing, on_case=False)),
                "cases": [
                    {"case_id": case.id, "name": case.name, "verdict": verdicts[case.id]}
                    for case in cases
                    if case.id in named
                ],
            }
        )
    return answers


def _cases(organization_id: UUID, family: Sequence[UUID]) -> Select[Case]:
    statement = select(Case).where(Case.organization_id == organization_id, Case.client_id.in_(family))
    return statement.order_by(Case.id.desc()).limit(CASES_MAX)
