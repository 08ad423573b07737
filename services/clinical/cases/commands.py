"""Opening cases, and staff joining and leaving them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from services.clinical.cases import rules
from services.clinical.cases.membership import change_member, created_or_locked, join, member_of
from services.clinical.cases.models import Case, CaseMember, CaseStatusChange
from services.clinical.cases.queries import visible_case
from services.clinical.copies.models import StaffCopy
from services.clinical.copies.queries import (
    ensure_client_free,
    ensure_stays_active,
    is_assigned,
    known_client,
    known_staff,
)
from shared import audit, clock
from shared.actor import Actor, Caller, Person, ServiceActor
from shared.changes import UNSET, Changes, Unset, differing
from shared.client_changes import client_turn
from shared.database.read_your_writes import wait_until_true
from shared.database.session import Session, take_turns
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """A case to open, and who is on it besides the actor and the actor's supervisor."""

    client_id: UUID
    name: str
    staff_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class CaseChanges(Changes):
    """Another name or status of a case; with a status why: a slug of `CLOSING_REASONS`, a sentence, or both."""

    name: str | Unset = UNSET
    status: str | Unset = UNSET
    closing_reason: str | Unset = UNSET
    reason: str | Unset = UNSET


def open_case(session: Session, actor: Person, details: CaseDetails) -> Case:
    """A new case; on it are the actor, the actor's supervisor and `details.staff_ids`, nobody else.

    Raises `NotAssignedToClient` for a therapist who is not assigned to the client, `Forbidden` when they name
    others without the permission to assign, `Invalid` for unknown ids.
    """
    client_id = details.client_id
    known_client(session, actor, client_id, field="client_id")
    audit.describe(session, client_id=client_id, rule="administrator" if actor.sees_all_cases else "assigned")
    if not actor.sees_all_cases and not wait_until_true(session, lambda: is_assigned(session, actor, client_id)):
        raise rules.NotAssignedToClient()
    if set(details.staff_ids) - {actor.staff_id}:
        actor.require("assignments:change")
    joining = [known_staff(session, actor, staff_id, "staff_ids") for staff_id in details.staff_ids]
    supervisor_id = known_staff(session, actor, actor.staff_id).supervisor_id
    for staff in joining:
        ensure_stays_active(session, staff, "staff_ids")
    take_turns(session, client_turn(client_id))
    ensure_client_free(session, actor, [client_id], "client_id")
    case = Case(
        organization_id=actor.organization_id,
        id=new_id(),
        client_id=client_id,
        name=details.name,
        opened_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(case)
    session.flush()
    for staff_id in dict.fromkeys([actor.staff_id, *([supervisor_id] if supervisor_id else []), *details.staff_ids]):
        join(session, actor, case, staff_id)
    case.version = 1
    audit.describe(session, object_id=case.id)
    return case


def change_case(session: Session, actor: Person, case_id: UUID, changes: CaseChanges) -> Case:
    """Rename, close or reopen a case; raises `NotFound`. Why is kept where the status becomes another one."""
    case = visible_case(session, actor, case_id, for_update=True)
    given = {name: value for name, value in changes.given().items() if name in ("name", "status")}
    if different := differing(case, given):
        for field, value in different.items():
            setattr(case, field, value)
        case.version += 1
        if "status" in different:
            session.add(
                CaseStatusChange(
                    organization_id=case.organization_id,
                    case_id=case.id,
                    status=case.status,
                    closing_reason=None if changes.closing_reason is UNSET else changes.closing_reason,
                    reason=None if changes.reason is UNSET else changes.reason,
                    by_staff_id=actor.staff_id,
                    at=clock.now(),
                )
            )
        audit.describe(session, fields=sorted(different))
    return case


def put_on_case(session: Session, actor: Caller, case_id: UUID, staff_id: UUID) -> Case:
    """Put a member of staff on one case, which assigns them to its client and to no other case.

    Raises `NotFound`, `Invalid`, `CaseClosed` for a case that nobody joins any longer.
    """
    case = visible_case(session, actor, case_id)
    ensure_stays_active(session, known_staff(session, actor, staff_id), "staff_id")
    session.refresh(case, with_for_update=True)
    member = member_of(session, case, staff_id)
    if case.status != "open" and not (member and member.active):
        raise rules.CaseClosed()
    join(session, actor, case, staff_id)
    audit.describe(session, object_id=case_id, staff_id=str(staff_id))
    return case


def join_case(session: Session, actor: Actor, case_id: UUID, staff_id: UUID) -> None:
    """Put an active member of staff on a case, also a closed one: what was begun there is finished by two."""
    staff = session.get(StaffCopy, (actor.organization_id, staff_id), with_for_update={"read": True})
    if staff is not None and staff.active:
        case = session.get_one(Case, (actor.organization_id, case_id), with_for_update=True)
        join(session, actor, case, staff_id)


def join_supervisor(session: Session, actor: Person, case_id: UUID) -> None:
    """Put the actor's supervisor, where they have one, on a case in which the actor begins something."""
    supervisor_id = known_staff(session, actor, actor.staff_id).supervisor_id
    if supervisor_id is not None:
        join_case(session, actor, case_id, supervisor_id)


def take_off_case(session: Session, actor: Caller, case_id: UUID, staff_id: UUID) -> Case:
    """Take a member of staff off one case; they stay assigned to the client. Raises `NotOnCase`."""
    case = visible_case(session, actor, case_id, for_update=True)
    member = member_of(session, case, staff_id)
    if member is None or not member.active:
        raise rules.NotOnCase()
    change_member(session, actor, case, member, active=False, at=max(clock.now(), member.since))
    audit.describe(session, object_id=case_id, staff_id=str(staff_id))
    return case


def join_open_cases(
    session: Session, actor: ServiceActor, client_id: UUID, staff_id: UUID, assigned_at: datetime
) -> None:
    """Who is assigned to a client is on every open case of theirs; closed ones stay as they were.

    Who was taken off a case after `assigned_at` stays off it: the assignment has merely arrived late.
    """
    for case in _cases(session, actor, client_id):
        if case.status != "open":
            continue
        member = created_or_locked(session, case, staff_id)
        if member.active:
            member.since = max(member.since, assigned_at)  # an unassignment before that no longer counts
        elif member.version == 0 or member.since < assigned_at:
            change_member(session, actor, case, member, active=True, at=assigned_at)


def leave_all_cases(
    session: Session, actor: ServiceActor, client_id: UUID, staff_id: UUID, unassigned_at: datetime
) -> None:
    """Take somebody who lost a client off its cases, but for those joined after `unassigned_at`."""
    for case in _cases(session, actor, client_id):
        member = member_of(session, case, staff_id)
        if member is not None and member.active and member.since < unassigned_at:
            change_member(session, actor, case, member, active=False, at=unassigned_at)


def hand_over_cases(session: Session, actor: ServiceActor, staff_id: UUID, successor_id: UUID, at: datetime) -> None:
    """The successor joins every open case on which somebody was when they handed over, at `at`.

    Those they have left since count too: clients may have taken them off before this was heard of.
    """
    statement = (
        select(Case)
        .join(CaseMember, (CaseMember.organization_id == Case.organization_id) & (CaseMember.case_id == Case.id))
        .where(
            Case.organization_id == actor.organization_id,
            Case.status == "open",
            CaseMember.organization_id == actor.organization_id,
            CaseMember.staff_id == staff_id,
            or_(CaseMember.active, CaseMember.since >= at),
        )
        .order_by(Case.id)
        .with_for_update(of=Case)
    )
    for case in session.scalars(statement).all():
        join(session, actor, case, successor_id)


def _cases(session: Session, actor: ServiceActor, client_id: UUID) -> list[Case]:
    statement = (
        select(Case)
        .where(Case.organization_id == actor.organization_id, Case.client_id == client_id)
        .order_by(Case.id)
        .with_for_update()
    )
    return list(session.scalars(statement))
