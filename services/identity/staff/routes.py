"""The endpoints of staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.identity.staff import commands, queries
from services.identity.staff.models import Staff
from services.identity.staff.schemas import (
    ColleagueSchema,
    MemberPatch,
    MemberSchema,
    StaffPage,
    StaffQuery,
)
from shared.actor import Actor
from shared.web.routes import Dumped, Route


def get_staff(session: Session, actor: Actor, query: dict[str, Any]) -> Dumped:
    """List staff"""
    page = queries.list_members(session, actor, **query)
    return Dumped(page, items=[_shown(actor, member) for member in page["items"]])


def get_member(session: Session, actor: Actor, staff_id: UUID) -> Dumped:
    """Read a member of staff"""
    return _shown(actor, queries.one_member(session, actor, staff_id))


def patch_member(session: Session, actor: Actor, staff_id: UUID, body: dict[str, Any], if_match: int | None) -> Staff:
    """Change profile, licence, levels, grants or activity of a member of staff"""
    return commands.change_member(session, actor, staff_id, body, if_match)


def _shown(actor: Actor, member: Staff) -> Dumped:
    """Everything to those who manage staff and to the person, the colleague's view to the others."""
    whole = actor.may("staff:update") or member.id == actor.staff_id
    return Dumped((MemberSchema if whole else ColleagueSchema)().dump(member))


_ALL = "/api/v1/staff"
_ONE = "/api/v1/staff/{staff_id}"
ROUTES = (
    Route("GET", _ALL, "staff:read", get_staff, query=StaffQuery, answer=StaffPage),
    Route("GET", _ONE, "staff:read", get_member, answer=MemberSchema),
    Route("PATCH", _ONE, "staff:update", patch_member, body=MemberPatch, answer=MemberSchema, if_match=True),
)
