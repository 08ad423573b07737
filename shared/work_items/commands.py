"""Raising work items, settling them when their matter is settled, and what people do with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, update
from sqlalchemy.dialects import postgresql

from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session
from shared.errors import Invalid
from shared.ids import new_id
from shared.work_items import rules
from shared.work_items.kinds import Host, Kind
from shared.work_items.models import WorkItem, WorkItemChange
from shared.work_items.queries import by_hand, sees, visible_item


@dataclass(frozen=True, slots=True)
class ItemChanges(Changes):
    """What to change of an item."""

    assignee_id: UUID | Unset | None = UNSET
    due_on: date | Unset | None = UNSET
    comment: str | Unset | None = UNSET
    state: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Matter:
    """What an item is about. `for_staff_id`: whom a notice is for."""

    organization_id: UUID
    subject_id: UUID
    client_id: UUID | None = None
    due_on: date | None = None
    for_staff_id: UUID | None = None


def raise_item(session: Session, kind: Kind, matter: Matter, *, again: bool = False) -> None:
    """Have a matter looked at. Where it has an open item nothing changes; one that closed by itself opens again.

    `again`: it happened anew, so that an item that somebody marked as done opens too.
    """
    now = clock.now()
    values = {
        "organization_id": matter.organization_id,
        "id": new_id(),
        "kind": kind.name,
        "matter": kind.matter,
        "subject_type": kind.subject,
        "subject_id": matter.subject_id,
        "client_id": matter.client_id,
        "level": kind.level,
        "assignee_id": matter.for_staff_id,
        "due_on": matter.due_on,
        "sorts_on": matter.due_on or now.date(),
        "state": "open",
        "raised_at": now,
        "version": 1,
    }
    made = postgresql.insert(WorkItem).values(values).on_conflict_do_nothing().returning(WorkItem.id)
    if session.scalar(made) is not None:
        _record(session, matter.organization_id, [values["id"]], "raised")
        return
    over = [WorkItem.state == "done"] if again else [WorkItem.state == "done", WorkItem.done_by.is_(None)]
    anew = {name: values[name] for name in ("state", "client_id", "due_on", "sorts_on", "raised_at")}
    reopened = (
        update(WorkItem)
        .where(*_of(kind, matter.organization_id, [matter.subject_id]), *over)
        .values({**anew, "done_at": None, "done_by": None, "version": WorkItem.version + 1})
    )
    if matter.for_staff_id is not None:
        reopened = reopened.where(WorkItem.assignee_id == matter.for_staff_id)
    _record(session, matter.organization_id, session.scalars(reopened.returning(WorkItem.id)).all(), "raised")


def settle(session: Session, kind: Kind, organization_id: UUID, subject_ids: Collection[UUID]) -> None:
    """The matters of these subjects are settled: their open items close by themselves."""
    if not subject_ids:
        return
    closed = (
        update(WorkItem)
        .where(*_of(kind, organization_id, subject_ids), WorkItem.state == "open")
        .values(state="done", done_at=clock.now(), done_by=None, version=WorkItem.version + 1)
    )
    _record(session, organization_id, session.scalars(closed.returning(WorkItem.id)).all(), "settled")


def release(session: Session, host: Host, person: Person, *, active: bool) -> None:
    """Take the items that a person may no longer see from them; their team finds these unassigned. Notices stay theirs.

    `active`: whether the person is still on the staff; somebody who left keeps nothing but notices.
    """
    kept = rules.levels_held(person.permissions) if active else []
    theirs = (
        update(WorkItem)
        .where(
            WorkItem.organization_id == person.organization_id,
            WorkItem.assignee_id == person.staff_id,
            WorkItem.state == "open",
            WorkItem.kind.in_([kind.name for kind in host.kinds if kind.level]),
            WorkItem.level.not_in(kept),
        )
        .values(assignee_id=None, version=WorkItem.version + 1)
    )
    _record(session, person.organization_id, session.scalars(theirs.returning(WorkItem.id)).all(), "unassigned")


def change_item(session: Session, actor: Person, host: Host, item_id: UUID, changes: ItemChanges) -> WorkItem:
    """Give it to somebody, set its day, comment on it, mark it as done or open it again.

    Raises `NotFound`, `Invalid` for somebody who may not see it, and what `rules.ensure_may_change` raises.
    """
    item = visible_item(session, actor, host, item_id)
    _ensure_may_change(host, item, changes)
    if changes.assignee_id is not UNSET and changes.assignee_id is not None:
        _ensure_may_have(session, actor, host, item, changes.assignee_id)  # may wait, so it comes before the lock
    item = visible_item(session, actor, host, item_id, for_update=True)
    given = _ensure_may_change(host, item, changes)
    if not given:
        return item
    for name, value in given.items():
        setattr(item, name, value)
    if "due_on" in given:
        item.sorts_on = item.due_on or item.raised_at.date()
    if "state" in given:
        done = item.state == "done"
        item.done_at, item.done_by = (clock.now(), actor.staff_id) if done else (None, None)
    item.version += 1
    session.flush()
    for change in rules.changes_of(given):
        _record(session, item.organization_id, [item.id], change, item=item, by_staff_id=actor.staff_id)
    audit.describe(session, fields=sorted(given))
    return item


def _ensure_may_change(host: Host, item: WorkItem, changes: ItemChanges) -> dict[str, Any]:
    """The values that differ; raises what refuses them."""
    given = differing(item, changes.given())
    settled = item.state == "done" and item.done_by is None
    rules.ensure_may_change(given, kind=item.kind, state=item.state, by_hand=by_hand(host, item), settled=settled)
    return given


def _ensure_may_have(session: Session, actor: Person, host: Host, item: WorkItem, staff_id: UUID) -> None:
    person = host.member(session, actor, staff_id)
    if person is None:
        raise Invalid.field("assignee_id", "not_active", "This member of staff is deactivated.")
    if not sees(session, host, person, item.id):
        raise Invalid.field("assignee_id", "may_not_see", "This member of staff may not see this work item.")


def _of(kind: Kind, organization_id: UUID, subject_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    here = WorkItem.organization_id == organization_id
    return here, WorkItem.kind == kind.name, WorkItem.matter == kind.matter, WorkItem.subject_id.in_(subject_ids)


def _record(
    session: Session,
    organization_id: UUID,
    item_ids: Collection[Any],
    change: str,
    *,
    item: WorkItem | None = None,
    by_staff_id: UUID | None = None,
) -> None:
    """Add a line to the history of each item; of a changed one with the value that it has now."""
    line = {
        "organization_id": organization_id,
        "at": clock.now(),
        "by_staff_id": by_staff_id,
        "change": change,
        "assignee_id": item.assignee_id if item and change == "assigned" else None,
        "due_on": item.due_on if item and change == "due" else None,
        "comment": item.comment if item and change == "commented" else None,
    }
    if item_ids:
        lines = [{**line, "id": new_id(), "item_id": item_id} for item_id in item_ids]
        session.execute(insert(WorkItemChange).values(lines))
