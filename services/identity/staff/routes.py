"""The endpoints of staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.staff import commands, queries
from services.identity.staff.commands import MemberChanges, OwnProfileChanges
from services.identity.staff.models import Staff
from services.identity.staff.schemas import (
    ColleagueSchema,
    MemberPatch,
    MemberSchema,
    OwnProfile,
    StaffPage,
    StaffQuery,
)
from shared import audit
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Dumped, Route
from shared.web.tags import ACCOUNT


def get_staff(session: Session, actor: Caller, query: dict[str, Any]) -> Dumped:
    """List staff

    Those who manage staff see everything; everybody else sees what colleagues need of one another.
    """
    _note_if_harmless(session, actor)
    page = queries.list_members(session, actor, **query)
    return Dumped(page, items=[_shown(actor, member) for member in page["items"]])


def get_member(session: Session, actor: Caller, staff_id: UUID) -> Dumped:
    """Read a member of staff

    Those who manage staff, and the person, see everything; everybody else sees what colleagues need of one
    another.
    """
    _note_if_harmless(session, actor)
    return _shown(actor, queries.member_of_today(session, actor, staff_id))


def patch_member(session: Session, actor: Person, staff_id: UUID, body: MemberChanges) -> Staff:
    """Change profile, licence, levels, grants or activity of a member of staff

    Fields that are left out stay. Nobody can give levels or grants that they do not hold. Changed levels and
    grants take effect within seconds, and are kept with who changed them.
    """
    return commands.change_member(session, actor, staff_id, body)


def patch_me(session: Session, actor: Person, body: OwnProfileChanges) -> Staff:
    """Change what everybody may change about themselves

    Changes phone, pronouns, colour or working hours. Somebody who manages staff changes the rest.
    """
    return commands.change_own_profile(session, actor, body)


def _note_if_harmless(session: Session, actor: Caller) -> None:
    """What colleagues see of one another, and of themselves, leaves no entry; what managers see does."""
    if not actor.may("staff:update"):
        audit.describe_as_harmless(session)


def _shown(actor: Caller, member: Staff) -> Dumped:
    """Everything to those who manage staff and to the person, the colleague's view to the others."""
    whole = actor.may("staff:update") or member.id == actor.actor_id
    return Dumped((MemberSchema if whole else ColleagueSchema)().dump(member))


_ALL = "/api/v1/staff"
_ONE = "/api/v1/staff/{staff_id}"
ROUTES = (
    Route("GET", _ALL, "staff:read", get_staff, query=StaffQuery, response=StaffPage, audit="staff.list"),
    Route("GET", _ONE, "staff:read", get_member, response=MemberSchema, audit="staff.read"),
    Route(
        "PATCH",
        _ONE,
        "staff:update",
        patch_member,
        body=MemberPatch,
        response=MemberSchema,
        changes=queries.one_member,
        example={"phone": "+12125550123", "job_title": "Clinical director"},
    ),
    Route(
        "PATCH",
        "/api/v1/me",
        "self:update",
        patch_me,
        body=OwnProfile,
        response=MemberSchema,
        changes=queries.own_member,
        example={"colour": "#2a6f97"},
        tag=ACCOUNT,
    ),
)
