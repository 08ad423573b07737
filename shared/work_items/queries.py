"""Reading work items: by level, by person, and never past the walls around clients."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from shared import audit
from shared.actor import Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate
from shared.work_items.kinds import Host
from shared.work_items.models import WorkItem, WorkItemChange
from shared.work_items.rules import NOTICE, levels_held

COUNTED_MAX: Final = 100
HISTORY_MAX: Final = 200  # lines of one item that are shown


def seen_by(host: Host, actor: Person) -> ColumnElement[bool]:
    """The condition that somebody may see an item: their notices, and what is for a level that they hold.

    Somebody who sees assigned clients only sees nothing about others, notices included.
    """
    own_notice = and_(WorkItem.kind == NOTICE, WorkItem.assignee_id == actor.staff_id)
    held = levels_held(actor.permissions)
    kinds = [kind for kind in host.kinds if kind.level in held]
    open_kinds = [kind.name for kind in kinds if kind.wall is None]
    walled = [and_(WorkItem.kind == kind.name, kind.wall(actor)) for kind in kinds if kind.wall is not None]
    of_level = and_(WorkItem.level.in_(held), or_(WorkItem.kind.in_(open_kinds), *walled))
    conditions = [WorkItem.organization_id == actor.organization_id, or_(own_notice, of_level)]
    if actor.sees_assigned_only:
        conditions.append(or_(WorkItem.client_id.is_(None), host.assigned_to(actor, WorkItem.client_id)))
    return and_(*conditions)


def list_items(
    session: Session,
    actor: Person,
    host: Host,
    *,
    limit: int,
    cursor: str | None,
    state: str,
    assignee: str | None,
    kind: str | None,
    client_id: UUID | None,
    due_by: date | None,
) -> dict[str, Any]:
    """One page: what is open by its day, the earliest first; what is done, the latest first."""
    statement = select(WorkItem).where(seen_by(host, actor), WorkItem.state == state)
    if assignee == "me":
        statement = statement.where(WorkItem.assignee_id == actor.staff_id)
    elif assignee == "none":
        statement = statement.where(WorkItem.assignee_id.is_(None))
    elif assignee == "team":
        statement = statement.where(WorkItem.kind != NOTICE)
    if kind is not None:
        statement = statement.where(WorkItem.kind == kind)
    if client_id is not None:
        statement = statement.where(WorkItem.client_id.in_(host.family(session, actor.organization_id, client_id)))
    if due_by is not None:
        statement = statement.where(WorkItem.due_on <= due_by)
    done = state == "done"
    keys = [WorkItem.done_at if done else WorkItem.sorts_on, WorkItem.id]
    page = paginate(session, statement, keys, limit=limit, cursor=cursor, descending=done)
    return {**page, "items": [shown(host, item) for item in page["items"]]}


def count_mine(session: Session, actor: Person, host: Host) -> int:
    """How many open items the actor has, to `COUNTED_MAX`."""
    mine = select(WorkItem.id).where(
        seen_by(host, actor), WorkItem.state == "open", WorkItem.assignee_id == actor.staff_id
    )
    audit.describe_as_harmless(session)  # a number, asked often
    return session.scalar(select(func.count()).select_from(mine.limit(COUNTED_MAX).subquery())) or 0


def visible_item(session: Session, actor: Person, host: Host, item_id: UUID, *, for_update: bool = False) -> WorkItem:
    """An item that the actor may see; raises `NotFound`."""
    statement = select(WorkItem).where(seen_by(host, actor), WorkItem.id == item_id)
    item = session.scalars(statement.with_for_update(of=WorkItem) if for_update else statement).first()
    if item is None:
        raise NotFound()
    rule = "assignee" if item.assignee_id == actor.staff_id else "level"
    audit.describe(session, object_id=item.id, client_id=item.client_id, rule=rule)
    return item


def sees(session: Session, host: Host, person: Person, item_id: UUID) -> bool:
    """Whether somebody may see an item."""
    return session.scalar(select(WorkItem.id).where(seen_by(host, person), WorkItem.id == item_id)) is not None


def with_history(session: Session, host: Host, item: WorkItem) -> dict[str, Any]:
    """What the API shows of an item, with the last `HISTORY_MAX` lines of its history."""
    lines = (
        select(WorkItemChange)
        .where(WorkItemChange.organization_id == item.organization_id, WorkItemChange.item_id == item.id)
        .order_by(WorkItemChange.id.desc())
        .limit(HISTORY_MAX)
    )
    return {**shown(host, item), "history": list(session.scalars(lines))}


def shown(host: Host, item: WorkItem) -> dict[str, Any]:
    """What the API shows of an item."""
    return {
        **{name: getattr(item, name) for name in _PLAIN},
        "subject": {"type": item.subject_type, "id": item.subject_id},
        "by_hand": by_hand(host, item),
    }


def by_hand(host: Host, item: WorkItem) -> bool:
    """Whether somebody may mark an item as done."""
    return all(kind.by_hand for kind in host.kinds if kind.matter == item.matter)


_PLAIN = (
    "id",
    "kind",
    "matter",
    "client_id",
    "assignee_id",
    "level",
    "due_on",
    "state",
    "comment",
    "raised_at",
    "done_at",
    "done_by",
    "version",
)
