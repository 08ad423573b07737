"""Assigning staff to clients who are added in the same transaction: nobody else knows of them, so nothing is locked."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.clients.assignments.models import Assignment, AssignmentChange
from shared import clock
from shared.actor import Caller
from shared.contracts.clients import StaffAssigned
from shared.database.many_rows import insert_together
from shared.database.session import Session
from shared.ids import new_id
from shared.messaging import outbox


def assign_newcomers(session: Session, actor: Caller, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Assign staff who may be assigned to clients whom nobody is assigned to, with history and events.

    `pairs` of client and member of staff, each once.
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
