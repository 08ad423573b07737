"""Reading groups. Who may see one, and whom of its members, is decided here alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, func, literal, or_, select, true

from services.clinical.agenda.lists import of_group
from services.clinical.copies.models import ClientCopy
from services.clinical.copies.queries import assigned_to, known_client, practice_today
from services.clinical.groups.models import Group, GroupChange, GroupMember
from services.clinical.groups.rules import DAY, Membership, roster
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def visible_group(session: Session, actor: Caller, group_id: UUID, *, for_update: bool = False) -> Group:
    """A group that the actor may see; raises `NotFound`. Locked until the transaction ends when `for_update`."""
    statement = select(Group).where(_visible(actor), Group.id == group_id)
    found = session.scalars(statement.with_for_update(of=Group) if for_update else statement).first()
    if found is None:
        raise NotFound()
    return found


def leads(actor: Caller, group: Group) -> bool:
    """Whether the actor may change a group: everybody who sees all clients, and of the others who leads it."""
    return not actor.sees_assigned_only or actor.actor_id in group.staff


def list_groups(
    session: Session,
    actor: Caller,
    limit: int,
    cursor: str | None,
    archived: bool | None,
    client_id: UUID | None,
    ids: Sequence[UUID] | None,
) -> dict[str, Any]:
    """One page of the groups by name. `client_id`: only those to which this client belongs, or did or will."""
    wanted = [_visible(actor), true() if archived is None else Group.archived.is_(archived)]
    if client_id is not None:
        family = known_client(session, actor, client_id, "client_id").family
        wanted.append(_has_member(GroupMember.client_id.in_(family)))
    if ids is not None:
        wanted.append(Group.id.in_(ids))
    about = f"{archived} {client_id} {ids}"
    page = paginate(
        session, select(Group).where(*wanted), [Group.sort_key, Group.id], limit=limit, cursor=cursor, about=about
    )
    counts = _counts(session, actor, [group.id for group in page["items"]])
    return {**page, "items": [(group, counts.get(group.id, 0)) for group in page["items"]]}


def memberships_of(session: Session, group: Group, since: date | None = None) -> list[Membership]:
    """Everybody who belongs to a group, for commands; `since` leaves out what had ended before that day."""
    statement = select(GroupMember).where(
        GroupMember.organization_id == group.organization_id,
        GroupMember.group_id == group.id,
        true() if since is None else or_(GroupMember.last_day.is_(None), GroupMember.last_day >= since - DAY),
    )
    return [row.span for row in session.scalars(statement)]


def roster_of(session: Session, group: Group, day: date) -> list[UUID]:
    """Everybody who belongs to a group on a day, for commands."""
    return roster(memberships_of(session, group, day), day)


def shown_members(session: Session, actor: Caller, group: Group, today: date) -> list[dict[str, Any]]:
    """Who belongs to a group today or later, with their names, as far as the actor may know of them."""
    statement = (
        select(GroupMember.client_id, ClientCopy.display_name, GroupMember.first_day, GroupMember.last_day)
        .join(
            ClientCopy,
            (ClientCopy.organization_id == GroupMember.organization_id) & (ClientCopy.id == GroupMember.client_id),
            isouter=True,
        )
        .where(
            GroupMember.organization_id == actor.organization_id,
            GroupMember.group_id == group.id,
            or_(GroupMember.last_day.is_(None), GroupMember.last_day >= today),
            _may_know(actor, GroupMember.client_id),
        )
        .order_by(GroupMember.first_day, GroupMember.client_id)
    )
    return [
        {"client_id": client_id, "name": name, "from": first, "to": last}
        for client_id, name, first, last in session.execute(statement)
    ]


def group_history(session: Session, actor: Caller, group_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of what happened to a group, newest first, without members whom the actor may not know of."""
    visible_group(session, actor, group_id)
    statement = select(GroupChange).where(
        GroupChange.organization_id == actor.organization_id,
        GroupChange.group_id == group_id,
        or_(GroupChange.client_id.is_(None), _may_know(actor, GroupChange.client_id)),
    )
    page = paginate(
        session, statement, [GroupChange.id], limit=limit, cursor=cursor, descending=True, about=str(group_id)
    )
    audit.describe(session, client_ids=[change.client_id for change in page["items"] if change.client_id])
    return page


def group_sessions(session: Session, actor: Caller, group_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """One page of the sessions booked for a group; raises `NotFound`. Of the clients, those the actor may know of."""
    visible_group(session, actor, group_id)
    return of_group(session, actor, group_id, **query)


def _visible(actor: Caller) -> ColumnElement[bool]:
    """The condition for groups that the actor may see. Who sees assigned clients only: those they lead, and those to
    which an assigned client belongs, or did or will.
    """
    own = Group.organization_id == actor.organization_id
    if not actor.sees_assigned_only:
        return own
    return own & or_(
        literal(actor.actor_id) == any_(Group.staff), _has_member(assigned_to(actor, GroupMember.client_id))
    )


def _has_member(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        GroupMember.organization_id == Group.organization_id, GroupMember.group_id == Group.id, condition
    )


def _may_know(actor: Caller, client_id: Any) -> ColumnElement[bool]:
    return assigned_to(actor, client_id) if actor.sees_assigned_only else true()


def _counts(session: Session, actor: Caller, group_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many members groups have today, of those whom the actor may know of."""
    today = practice_today(session, actor)
    statement = (
        select(GroupMember.group_id, func.count())
        .where(
            GroupMember.organization_id == actor.organization_id,
            GroupMember.group_id.in_(group_ids),
            GroupMember.first_day <= today,
            or_(GroupMember.last_day.is_(None), GroupMember.last_day >= today),
            _may_know(actor, GroupMember.client_id),
        )
        .group_by(GroupMember.group_id)
    )
    return dict(session.execute(statement).tuples().all())
