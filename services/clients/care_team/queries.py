"""Reading the staff of one client, or of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, true

from services.clients.assignments.models import Assignment, AssignmentChange
from services.clients.copies.models import StaffCopy
from services.clients.profiles import rules
from services.clients.profiles.models import Client
from services.clients.profiles.queries import in_sight
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.lookups import in_their_order
from shared.web.paging import paginate

NAMED_MAX = 5  # members of staff who are named of each client


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


def look_up(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> dict[str, Any]:
    """Who is assigned to each of these clients, as far as the actor may see them: the first `NAMED_MAX` who came."""
    items: dict[UUID, dict[str, Any]] = {}
    for row in session.execute(teams(actor, client_ids)):
        item = items.setdefault(row.client_id, {"client_id": row.client_id, "staff": [], "staff_count": row.count})
        if row.staff_id is not None:
            item["staff"].append({"staff_id": row.staff_id, "display_name": row.display_name})
    audit.describe(session, client_ids=list(items), rule=rules.seen_by(assigned=actor.sees_assigned_only))
    return {"items": in_their_order(client_ids, items.values(), "client_id")}


def teams(actor: Caller, client_ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """One statement for all clients. The primary key of `assignments` finds the staff of each."""
    member = (StaffCopy.organization_id == Assignment.organization_id) & (StaffCopy.id == Assignment.staff_id)
    first = (
        select(Assignment.staff_id, Assignment.since, StaffCopy.display_name)
        .select_from(Assignment)
        .join(StaffCopy, member, isouter=True)
        .where(
            Assignment.organization_id == Client.organization_id, Assignment.client_id == Client.id, Assignment.active
        )
        .order_by(Assignment.since, Assignment.staff_id)
        .limit(NAMED_MAX)
        .lateral("first")
    )
    return (
        select(Client.id.label("client_id"), Client.staff_count.label("count"), first.c.staff_id, first.c.display_name)
        .select_from(Client)
        .join(first, true(), isouter=True)
        .where(in_sight(actor), Client.id.in_(client_ids))
        .order_by(Client.id, first.c.since, first.c.staff_id)
    )
