"""Reading a client's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.clients.assignments.models import Assignment, AssignmentChange
from services.clients.copies.models import StaffCopy
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate


def staff_of_client(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the staff assigned to a client. The caller has made sure that the actor may see the client."""
    statement = (
        select(Assignment.staff_id, Assignment.since, StaffCopy.display_name, StaffCopy.active)
        .join(
            StaffCopy,
            (StaffCopy.organization_id == Assignment.organization_id) & (StaffCopy.id == Assignment.staff_id),
            isouter=True,
        )
        .where(
            Assignment.organization_id == actor.organization_id,
            Assignment.client_id == client_id,
            Assignment.active,
        )
    )
    return paginate(session, statement, [Assignment.staff_id], limit=limit, cursor=cursor, scalars=False)


def history(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of who was assigned to a client and taken off, newest first. The caller has made sure of the client.

    Through which case somebody came is told to those who may read cases.
    """
    statement = select(AssignmentChange).where(
        AssignmentChange.organization_id == actor.organization_id, AssignmentChange.client_id == client_id
    )
    page = paginate(session, statement, [AssignmentChange.id], limit=limit, cursor=cursor, descending=True)
    reads_cases = actor.may("cases:read")
    items = [
        {
            "at": change.at,
            "by": change.by_staff_id,
            "staff_id": change.staff_id,
            "change": change.change,
            "through_case_id": change.through_case_id if reads_cases else None,
        }
        for change in page["items"]
    ]
    return {**page, "items": items}
