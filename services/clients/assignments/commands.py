"""Assigning staff to clients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from services.clients.assignments import rules
from services.clients.assignments.models import Assignment, AssignmentChange
from services.clients.assignments.rules import NotAssigned, StaffNotActive
from services.clients.copies.models import OpenWorkCopy, StaffCopy
from services.clients.copies.queries import known_staff
from services.clients.families.queries import locked_family, locked_person
from shared import audit, clock
from shared.actor import Actor, Caller, Person, ServiceActor
from shared.contracts.clients import StaffAssigned, StaffUnassigned
from shared.database.copies import hold
from shared.database.failures import violated_constraint
from shared.database.session import Session
from shared.errors import NotFound
from shared.messaging import outbox

OF_A_CLIENT: Final = "fk_assignments_organization_id_client_id"


def assign_staff(session: Session, actor: Caller, client_id: UUID, staff_id: UUID, status: str) -> Assignment:
    """Assign a member of staff to a client, which puts them on every open case of that client.

    Assigned to the client already: nothing changes; through a case so far: now to the client, with all its cases.
    `status`: the client's. Raises as `ensure_assignable`, and `ClientArchived`; `NotFound` for one deleted meanwhile.
    """
    ensure_assignable(session, actor, staff_id)
    audit.describe(session, object_id=staff_id, client_id=client_id, rule="level")
    try:
        assignment, _ = assign(session, actor, client_id, staff_id, status)
    except IntegrityError as error:
        if violated_constraint(error) != OF_A_CLIENT:
            raise
        raise NotFound() from error  # they were deleted since the actor saw them
    return assignment


def ensure_assignable(session: Session, actor: Caller, staff_id: UUID) -> None:
    """Raises `NotFound`, `NotArrivedYet`, `StaffNotActive` or `OwnCasesOnly` where the actor may not assign them.

    They stay active until the transaction ends: who leaves meanwhile hands over what is written by then.
    """
    ensure_member_assignable(session, actor, known_staff(session, actor, staff_id))


def ensure_member_assignable(session: Session, actor: Caller, member: StaffCopy) -> None:
    """The same for somebody who is known. Raises `StaffNotActive` or `OwnCasesOnly`."""
    if isinstance(actor, Person):
        rules.ensure_not_to_oneself(actor.restrictions, actor.staff_id, member.id, member.brought_in_by)
    hold(session, member)
    if not member.active:
        raise StaffNotActive()


def assign(session: Session, actor: Caller, client_id: UUID, staff_id: UUID, status: str) -> tuple[Assignment, bool]:
    """Assign somebody who may be assigned to a client whom the actor sees; whether that changed anything.

    Who was merged into the client has the same staff. `status`: the client's. Raises `ClientArchived`, and
    `ClientMoved` for one who was merged since.
    """
    rules.ensure_not_archived(status)
    changed = False
    assignments = []
    for each in locked_family(session, actor.organization_id, client_id):
        assignment = _created_or_locked(session, actor, each, staff_id)
        assignments.append(assignment)
        if not assignment.active or assignment.through_case_id is not None:
            changed = True
            _assign(session, actor, assignment, through_case_id=None)
    return assignments[0], changed


def assign_creator(session: Session, actor: Person, client_id: UUID) -> None:
    """Somebody who sees assigned clients only would not see the one they have just added.

    Their copy is not asked for: they are signed in, and adding clients must not depend on the bus.
    """
    _assign(session, actor, _created_or_locked(session, actor, client_id, actor.staff_id), through_case_id=None)


def assign_through_case(
    session: Session, actor: ServiceActor, client_id: UUID, staff_id: UUID, case_id: UUID, joined_at: datetime
) -> None:
    """The assignment that comes with joining a case; it adds no other case.

    A joining older than the last unassignment changes nothing: that took them off this case as well. Nobody is assigned
    to a client who was deleted. Who is one with the client by a merge has the same staff.
    """
    for each in locked_person(session, actor.organization_id, client_id):
        try:
            with session.begin_nested():
                assignment = _created_or_locked(session, actor, each, staff_id)
        except IntegrityError as error:
            if violated_constraint(error) != OF_A_CLIENT:
                raise
            return
        left_since = assignment.version > 0 and assignment.since >= joined_at
        if assignment.active or left_since:
            continue
        _assign(session, actor, assignment, through_case_id=case_id)
        audit.record(
            session,
            actor,
            "assign_through_case",
            object_id=staff_id,
            client_id=each,
            details={"case_id": str(case_id)},
        )


def unassign_staff(
    session: Session, actor: Caller, client_id: UUID, staff_id: UUID, *, acknowledged: bool = False
) -> Assignment:
    """Take a member of staff off a client and all of its cases; open work stays theirs, where that is `acknowledged`.

    Raises `NotAssigned`, `OpenWork`.
    """
    audit.describe(session, object_id=staff_id, client_id=client_id, rule="level")
    family = locked_family(session, actor.organization_id, client_id)
    assignment = _locked(session, actor, client_id, staff_id)
    if assignment is None or not assignment.active:
        raise NotAssigned()
    counts = open_work(session, actor, family, staff_id)
    rules.ensure_acknowledged(counts, acknowledged=acknowledged)
    _unassign(session, actor, assignment)
    for merged in family[1:]:
        take_off(session, actor, merged, staff_id)
    if any(counts.values()):
        audit.describe(session, acknowledged={kind: number for kind, number in counts.items() if number})
    return assignment


def put_on(session: Session, actor: Actor, client_id: UUID, staff_id: UUID, through_case_id: UUID | None) -> int:
    """Assign somebody because a merge says so; the version of the assignment, also where they are assigned already."""
    assignment = _created_or_locked(session, actor, client_id, staff_id)
    if not assignment.active:
        _assign(session, actor, assignment, through_case_id=through_case_id)
    return assignment.version


def take_off(session: Session, actor: Actor, client_id: UUID, staff_id: UUID) -> None:
    """Take somebody off because they are taken off a client who is one with this one, or no longer is."""
    assignment = _locked(session, actor, client_id, staff_id)
    if assignment is not None and assignment.active:
        _unassign(session, actor, assignment)


def hand_over(session: Session, actor: ServiceActor, staff_id: UUID, successor_id: UUID, by_staff_id: UUID) -> None:
    """Every client of somebody who left becomes the successor's, and none stays theirs.

    An assignment through a case becomes nobody's here: clinical puts the successor on that case, which assigns them.
    """
    statement = (
        select(Assignment)
        .where(Assignment.organization_id == actor.organization_id, Assignment.staff_id == staff_id, Assignment.active)
        .order_by(Assignment.client_id)
        .with_for_update()
    )
    for held in session.scalars(statement).all():
        if held.through_case_id is None:
            taken = _created_or_locked(session, actor, held.client_id, successor_id)
            if not taken.active or taken.through_case_id is not None:
                _assign(session, actor, taken, through_case_id=None, by_staff_id=by_staff_id)
        _unassign(session, actor, held, by_staff_id=by_staff_id)
        audit.record(
            session,
            actor,
            "hand_over_client",
            object_id=staff_id,
            client_id=held.client_id,
            details={"successor_id": str(successor_id), "handed_over_by": str(by_staff_id)},
        )


def open_work(session: Session, actor: Actor, client_ids: Iterable[UUID], staff_id: UUID) -> dict[str, int]:
    """How much somebody has open with a client and who was merged into them, by kind.

    Clinical counts the work of a family for who stays. Until it has after a merge, each one's own is known.
    """
    found = session.scalars(
        select(OpenWorkCopy).where(
            OpenWorkCopy.organization_id == actor.organization_id,
            OpenWorkCopy.client_id.in_(client_ids),
            OpenWorkCopy.staff_id == staff_id,
        )
    ).all()
    return {kind: max((getattr(work, kind) for work in found), default=0) for kind in rules.KINDS}


def _unassign(session: Session, actor: Actor, assignment: Assignment, *, by_staff_id: UUID | None = None) -> None:
    _change(session, by_staff_id or actor.actor_id, assignment, active=False, through_case_id=None)
    outbox.add(
        session,
        StaffUnassigned(
            organization_id=assignment.organization_id,
            client_id=assignment.client_id,
            staff_id=assignment.staff_id,
            assignment_version=assignment.version,
        ),
    )


def _assign(
    session: Session,
    actor: Actor,
    assignment: Assignment,
    *,
    through_case_id: UUID | None,
    by_staff_id: UUID | None = None,
) -> None:
    _change(session, by_staff_id or actor.actor_id, assignment, active=True, through_case_id=through_case_id)
    outbox.add(
        session,
        StaffAssigned(
            organization_id=actor.organization_id,
            client_id=assignment.client_id,
            staff_id=assignment.staff_id,
            assignment_version=assignment.version,
            through_case_id=through_case_id,
        ),
    )


def _created_or_locked(session: Session, actor: Actor, client_id: UUID, staff_id: UUID) -> Assignment:
    """The pair's row, which is made first where there is none: two callers at once then wait for one another."""
    session.execute(
        insert(Assignment)
        .values(
            organization_id=actor.organization_id,
            client_id=client_id,
            staff_id=staff_id,
            version=0,
            active=False,
            since=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    assignment = _locked(session, actor, client_id, staff_id)
    assert assignment is not None
    return assignment


def _locked(session: Session, actor: Actor, client_id: UUID, staff_id: UUID) -> Assignment | None:
    return session.scalars(
        select(Assignment)
        .where(
            Assignment.organization_id == actor.organization_id,
            Assignment.client_id == client_id,
            Assignment.staff_id == staff_id,
        )
        .with_for_update()
    ).first()


def _change(
    session: Session,
    by_staff_id: UUID | None,
    assignment: Assignment,
    *,
    active: bool,
    through_case_id: UUID | None,
) -> None:
    now = clock.now()
    assignment.active, assignment.since, assignment.through_case_id = active, now, through_case_id
    assignment.version += 1
    session.add(
        AssignmentChange(
            organization_id=assignment.organization_id,
            client_id=assignment.client_id,
            staff_id=assignment.staff_id,
            version=assignment.version,
            change="assigned" if active else "unassigned",
            by_staff_id=by_staff_id,
            through_case_id=through_case_id,
            at=now,
        )
    )
