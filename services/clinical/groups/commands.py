"""Making and changing groups, and clients joining and leaving them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import (
    ensure_client_free,
    ensure_stays_active,
    known_client,
    known_service_type,
    known_staff,
    practice_today,
)
from services.clinical.groups import rules
from services.clinical.groups.models import Group, GroupChange, GroupMember
from services.clinical.groups.queries import leads, memberships_of, visible_group
from services.clinical.groups.rules import Membership
from services.clinical.groups.sessions import coming_sessions, follow
from shared import audit, clock
from shared.actor import Caller
from shared.changes import UNSET, Changes, Unset, differing
from shared.client_changes import client_turn
from shared.database.session import Session, take_turns
from shared.errors import Invalid, NotFound
from shared.ids import new_id, new_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDetails:
    """A group to make. `on`: from which day the members belong to it; None: today."""

    name: str
    description: str | None
    service_type_id: UUID | None
    capacity: int
    staff: Sequence[UUID]
    members: Sequence[UUID]
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanges(Changes):
    """What is to be otherwise. `staff` are all who lead it."""

    name: str | Unset = UNSET
    description: str | Unset | None = UNSET
    service_type_id: UUID | Unset | None = UNSET
    capacity: int | Unset = UNSET
    staff: tuple[UUID, ...] | Unset = UNSET
    archived: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """From which day somebody belongs to a group (None: today), also where it is full, and why."""

    on: date | None = None
    over_capacity: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """From which day somebody does not belong to a group (None: today), and why."""

    on: date | None = None
    reason: str | None = None


def add_group(session: Session, actor: Caller, details: GroupDetails) -> Group:
    """A new group with its members. Raises `Invalid`, `OverCapacity`, `ClientHeld`, `ColleaguesGroup`."""
    for client_id in details.members:
        _ensure_may_join(session, actor, client_id, "members")
    day = details.on or practice_today(session, actor)
    _looked_up(session, actor, details.service_type_id, details.staff)
    members = [Membership(client_id, day) for client_id in details.members]
    rules.ensure_room((), members, day, details.capacity)
    group = Group(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        name=details.name,
        description=details.description,
        service_type_id=details.service_type_id,
        capacity=details.capacity,
        staff=tuple(details.staff),
        archived=False,
        created_at=clock.now(),
    )
    if not leads(actor, group):
        raise rules.ColleaguesGroup()
    _take_turns(session, actor, details.members, "members")
    session.add(group)
    session.flush()
    _record(session, actor, group, "created", staff=group.staff)
    for client_id in details.members:
        _keep(session, group, [], [Membership(client_id, day)])
        _record(session, actor, group, "joined", client_id=client_id, on_day=day)
    session.flush()
    audit.describe(session, object_id=group.id, client_ids=details.members)
    return group


def change_group(session: Session, actor: Caller, group_id: UUID, changes: GroupChanges) -> Group:
    """Merge the given fields. Raises `NotFound`, `ColleaguesGroup`, `Invalid`."""
    group = visible_group(session, actor, group_id)
    given = changes.given()
    new_staff = [staff_id for staff_id in given.get("staff", ()) if staff_id not in group.staff]
    _looked_up(session, actor, _other(given.get("service_type_id"), group.service_type_id), new_staff)
    group = _changeable(session, actor, group_id)
    if different := differing(group, given):
        for name, value in different.items():
            setattr(group, name, value)
        group.version += 1
        _record(session, actor, group, "changed", fields=sorted(different), staff=different.get("staff"))
        audit.describe(session, fields=sorted(different))
    return group


def put_member(session: Session, actor: Caller, group_id: UUID, client_id: UUID, joining: Joining) -> Group:
    """Have a client belong to a group from a day on, until somebody ends it. What was before that day stays.

    Raises `NotFound`, `ColleaguesGroup`, `GroupArchived`, `Invalid`, `OverCapacity`, `GroupFull`, `ClientHeld`,
    `SlotTaken` where they are busy at one of its coming sessions.
    """
    visible_group(session, actor, group_id)
    family = _ensure_may_join(session, actor, client_id, None).family
    audit.describe(session, client_id=client_id)
    day = joining.on or practice_today(session, actor)
    group = _changeable(session, actor, group_id)
    if group.archived:
        raise rules.GroupArchived()
    sessions = coming_sessions(session, group, for_update=True)  # an appointment is locked before its clients' turns
    _take_turns(session, actor, [client_id], "client_id")
    before = memberships_of(session, group, day)
    after = rules.joined(before, family, day)
    if set(after) != set(before):
        try:
            rules.ensure_room(before, after, day, group.capacity)
        except rules.OverCapacity:
            if not joining.over_capacity:
                raise
        _change_members(session, actor, group, before, after)
        follow(session, actor, family, after, sessions)
        _record(session, actor, group, "joined", client_id=client_id, on_day=day, reason=joining.reason)
    return group


def remove_member(session: Session, actor: Caller, group_id: UUID, client_id: UUID, leaving: Leaving) -> Group:
    """Have a client not belong to a group from a day on. What was before that day stays.

    Raises `NotFound`, also for somebody who never belonged to it, `ColleaguesGroup`.
    """
    visible_group(session, actor, group_id)
    family = known_client(session, actor, client_id).family
    audit.describe(session, client_id=client_id)
    day = leaving.on or practice_today(session, actor)
    group = _changeable(session, actor, group_id)
    before = memberships_of(session, group)
    if all(each.client_id not in family for each in before):
        raise NotFound()
    after = rules.left(before, family, day)
    if set(after) != set(before):
        sessions = coming_sessions(session, group, for_update=True)
        _change_members(session, actor, group, before, after)
        follow(session, actor, family, after, sessions)
        _record(session, actor, group, "left", client_id=client_id, on_day=day, reason=leaving.reason)
    return group


def _ensure_may_join(session: Session, actor: Caller, client_id: UUID, field: str | None) -> ClientCopy:
    client = known_client(session, actor, client_id, field)
    if client.status == "archived":
        raise Invalid.field(field or "client_id", "archived", "The client is archived.")
    return client


def _looked_up(session: Session, actor: Caller, service_type_id: UUID | None, staff: Sequence[UUID]) -> None:
    """Raises `Invalid` for a service or a member of staff that nobody knows, or that is not active."""
    if (
        service_type_id is not None
        and not known_service_type(session, actor, service_type_id, "service_type_id").active
    ):
        raise Invalid.field("service_type_id", "not_active", "This service is archived.")
    known = [known_staff(session, actor, staff_id, "staff") for staff_id in staff]
    for member in known:
        ensure_stays_active(session, member, "staff")


def _other(after: UUID | None, before: UUID | None) -> UUID | None:
    return None if after == before else after


def _changeable(session: Session, actor: Caller, group_id: UUID) -> Group:
    """The group, locked, that the actor may change; raises `NotFound`, `ColleaguesGroup`."""
    group = visible_group(session, actor, group_id, for_update=True)
    audit.describe(session, object_id=group.id)
    if not leads(actor, group):
        raise rules.ColleaguesGroup()
    return group


def _take_turns(session: Session, actor: Caller, client_ids: Sequence[UUID], field: str) -> None:
    take_turns(session, *map(client_turn, client_ids))
    ensure_client_free(session, actor, client_ids, field)


def _change_members(
    session: Session, actor: Caller, group: Group, before: Sequence[Membership], after: Sequence[Membership]
) -> None:
    _keep(session, group, before, after)
    group.version += 1
    session.flush()


def _keep(session: Session, group: Group, before: Sequence[Membership], after: Sequence[Membership]) -> None:
    """Write what is otherwise."""
    for ended in set(before) - set(after):
        session.execute(
            delete(GroupMember).where(
                GroupMember.organization_id == group.organization_id,
                GroupMember.group_id == group.id,
                GroupMember.client_id == ended.client_id,
                GroupMember.first_day == ended.first,
            )
        )
    for begun in set(after) - set(before):
        member = {"group_id": group.id, "client_id": begun.client_id, "first_day": begun.first, "last_day": begun.last}
        session.add(GroupMember(organization_id=group.organization_id, **member))


def _record(session: Session, actor: Caller, group: Group, change: str, **more: Any) -> None:
    """Add a line to a group's history."""
    line = {"id": new_id(), "group_id": group.id, "at": clock.now(), "by_actor_id": actor.actor_id, "fields": []}
    session.add(GroupChange(organization_id=group.organization_id, change=change, **{**line, **more}))
