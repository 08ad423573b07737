"""Assigning staff to many clients who are added, and taking them off again: a few statements for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import tuple_, update

from services.clients.assignments.models import Assignment, AssignmentChange
from shared import clock
from shared.actor import Caller
from shared.contracts.clients import StaffAssigned, StaffUnassigned
from shared.database.many_rows import insert_rows, insert_together
from shared.database.session import Session
from shared.ids import new_id
from shared.messaging import outbox


def assign_newcomers(session: Session, actor: Caller, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Assign staff who may be assigned to clients who are added in this transaction, with history and events.

    Nobody else knows of these clients, so that nothing is locked. `pairs` of client and member of staff, each once.
    """
    here, now = actor.organization_id, clock.now()
    own = [
        {"organization_id": here, "client_id": client_id, "staff_id": staff_id, "version": 1, "through_case_id": None}
        for client_id, staff_id in pairs
    ]
    history = {"change": "assigned", "by_staff_id": actor.actor_id, "at": now}
    insert_together(
        session,
        {
            Assignment.__tablename__: [{**pair, "active": True, "since": now} for pair in own],
            AssignmentChange.__tablename__: [{**pair, **history, "id": new_id()} for pair in own],
        },
    )
    outbox.add_all(
        session, [StaffAssigned(here, client_id, staff_id, 1, through_case_id=None) for client_id, staff_id in pairs]
    )


def take_off_newcomers(session: Session, actor: Caller, pairs: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """Take staff off clients whom the caller has locked, with history and events; the pairs of which that was so.

    `pairs` of client and member of staff. It is for clients who are deleted: no work is counted that is open with them.
    """
    here, now = actor.organization_id, clock.now()
    taken = session.execute(
        update(Assignment)
        .where(
            Assignment.organization_id == here,
            tuple_(Assignment.client_id, Assignment.staff_id).in_(pairs),
            Assignment.active,
        )
        .values(active=False, since=now, through_case_id=None, version=Assignment.version + 1)
        .returning(Assignment.client_id, Assignment.staff_id, Assignment.version)
        .execution_options(synchronize_session=False)
    ).all()
    history = {"organization_id": here, "change": "unassigned", "by_staff_id": actor.actor_id, "at": now}
    lines = [{**row._asdict(), **history, "through_case_id": None, "id": new_id()} for row in taken]
    insert_rows(session, AssignmentChange.__tablename__, lines)
    outbox.add_all(session, [StaffUnassigned(here, row.client_id, row.staff_id, row.version) for row in taken])
    return [(row.client_id, row.staff_id) for row in taken]
