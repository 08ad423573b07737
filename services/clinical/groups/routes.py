"""The endpoints of groups."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.clinical.agenda.schemas import GroupSessionsPage, GroupSessionsQuery
from services.clinical.copies.queries import practice_today
from services.clinical.groups import commands, queries
from services.clinical.groups.commands import GroupChanges, GroupDetails, Joining, Leaving
from services.clinical.groups.models import Group
from services.clinical.groups.schemas import (
    EndedMembership,
    GroupHistoryPage,
    GroupPatch,
    GroupSchema,
    GroupsPage,
    GroupsQuery,
    NewGroup,
    NewMembership,
)
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def post_group(session: Session, actor: Caller, body: GroupDetails) -> dict[str, Any]:
    """Make a group

    Makes a group of up to 30 clients, led by up to five members of staff. Who sees assigned clients only makes groups
    that they lead.
    """
    today = practice_today(session, actor)  # may wait, so it comes before the locks
    return _shown(session, actor, commands.add_group(session, actor, body), today)


def get_groups(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List groups

    By name, the archived ones too. Who sees assigned clients only sees the groups that they lead, and those to which
    one of these clients belongs, or did or will.
    """
    page = queries.list_groups(session, actor, **query)
    return {**page, "items": [_summary(group, count) for group, count in page["items"]]}


def get_group(session: Session, actor: Caller, group_id: UUID) -> dict[str, Any]:
    """Read a group

    Shows who belongs to it today or later. Members whom the person may not see are left out.
    """
    today = practice_today(session, actor)  # may wait, so it comes before the locks
    return _shown(session, actor, queries.visible_group(session, actor, group_id), today)


def patch_group(session: Session, actor: Caller, group_id: UUID, body: GroupChanges) -> dict[str, Any]:
    """Change, archive or restore a group

    Fields that are left out stay. Nothing is deleted: what took place stays with each client. Who sees assigned clients
    only changes groups that they lead.
    """
    today = practice_today(session, actor)  # may wait, so it comes before the locks
    return _shown(session, actor, commands.change_group(session, actor, group_id, body), today)


def put_group_member(session: Session, actor: Caller, group_id: UUID, client_id: UUID, body: Joining) -> dict[str, Any]:
    """Have a client join a group

    The client belongs to it from the given day on, until somebody ends that. Earlier days stay as they were. A group
    that is full refuses with `over_capacity`, unless the request says that they join all the same.
    """
    today = practice_today(session, actor)  # may wait, so it comes before the locks
    return _shown(session, actor, commands.put_member(session, actor, group_id, client_id, body), today)


def delete_group_member(
    session: Session, actor: Caller, group_id: UUID, client_id: UUID, body: Leaving
) -> dict[str, Any]:
    """Have a client leave a group

    The client does not belong to it from the given day on. Earlier days stay as they were.
    """
    today = practice_today(session, actor)  # may wait, so it comes before the locks
    return _shown(session, actor, commands.remove_member(session, actor, group_id, client_id, body), today)


def get_group_history(session: Session, actor: Caller, group_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Read what happened to a group

    Newest first: who changed what, who joined and left from which day on, and why. Lines about clients whom the person
    may not see are left out.
    """
    return queries.group_history(session, actor, group_id, **query)


def get_group_appointments(session: Session, actor: Caller, group_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a group's sessions

    Past and coming ones, each on the day that it has in its own time zone. Clients whom the person may not see are left
    out, and so are sessions to which none comes whom they may see.
    """
    return queries.group_sessions(session, actor, group_id, query)


def _summary(group: Group, count: int) -> dict[str, Any]:
    names = ("id", "version", "name", "description", "service_type_id", "capacity", "staff", "archived")
    return {**{name: getattr(group, name) for name in names}, "member_count": count}


def _shown(session: Session, actor: Caller, group: Group, today: date) -> dict[str, Any]:
    session.flush()
    members = queries.shown_members(session, actor, group, today)
    audit.describe(session, client_ids=[member["client_id"] for member in members])
    return {**_summary(group, sum(member["from"] <= today for member in members)), "members": members}


_ALL = "/api/v1/groups"
_ONE = _ALL + "/{group_id}"
_MEMBER = _ONE + "/members/{client_id}"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "groups:manage",
        post_group,
        body=NewGroup,
        response=GroupSchema,
        status=201,
        makes=_ONE,
        example={"name": "Tuesday evening", "members": ["{client_id}"], "staff": ["{staff_id}"], "capacity": 8},
    ),
    Route("GET", _ALL, "groups:read", get_groups, query=GroupsQuery, response=GroupsPage, audit="groups.list"),
    Route("GET", _ONE, "groups:read", get_group, response=GroupSchema, audit="group.read"),
    Route(
        "PATCH",
        _ONE,
        "groups:manage",
        patch_group,
        body=GroupPatch,
        response=GroupSchema,
        changes=queries.visible_group,
        example={"name": "Wednesday evening"},
    ),
    Route(
        "DELETE",
        _MEMBER,
        "groups:manage",
        delete_group_member,
        body=EndedMembership,
        response=GroupSchema,
        changes=queries.visible_group,
        example={"on": "2027-02-01", "reason": "Moves away."},
    ),
    Route(
        "PUT",
        _MEMBER,
        "groups:manage",
        put_group_member,
        body=NewMembership,
        response=GroupSchema,
        changes=queries.visible_group,
        example={"on": "2026-10-01"},
    ),
    Route(
        "GET",
        _ONE + "/history",
        "groups:read",
        get_group_history,
        query=PageQuery,
        response=GroupHistoryPage,
        audit="group.history",
    ),
    Route(
        "GET",
        _ONE + "/appointments",
        "agenda:read",
        get_group_appointments,
        query=GroupSessionsQuery,
        response=GroupSessionsPage,
        audit="group.appointments",
        example={"from": "2026-09-01", "sort": "starts_at"},
    ),
)
