"""The endpoints at which staff are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.identity.staff import queries
from services.identity.staff.models import Staff
from services.identity.staff.schemas import ColleagueSchema, MemberSchema, StaffQuery
from services.identity.staff_list.queries import standings
from services.identity.staff_list.schemas import ManagedMemberSchema, StaffPage, StandingSchema
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.routes import Dumped, Route


def get_staff(session: Session, actor: Caller, query: dict[str, Any]) -> Dumped:
    """List staff

    Those who manage staff see everything, with the last sign-in, whether there is a second factor, how the licences
    stand, and how many they supervise; everybody else sees what colleagues need of one another.
    """
    page = queries.list_members(session, actor, **query)
    return Dumped(page, items=_shown(session, actor, page["items"]))


def get_member(session: Session, actor: Caller, staff_id: UUID) -> Dumped:
    """Read a member of staff

    Those who manage staff, and the person, see everything; the first also the last sign-in, whether there is a second
    factor, how the licences stand, and how many they supervise. Everybody else sees what colleagues need of one
    another.
    """
    (shown,) = _shown(session, actor, [queries.member_of_today(session, actor, staff_id)])
    return shown


def _shown(session: Session, actor: Caller, members: Sequence[Staff]) -> list[Dumped]:
    """Each member as the actor may see them. What colleagues see of one another, and of themselves, leaves no entry;
    what managers see does.
    """
    if actor.may("staff:update"):
        standing = standings(session, actor, members)
        return [Dumped(dump(MemberSchema, member), **dump(StandingSchema, standing[member.id])) for member in members]
    audit.describe_as_harmless(session)
    return [
        Dumped(dump(MemberSchema if member.id == actor.actor_id else ColleagueSchema, member)) for member in members
    ]


ROUTES = (
    Route("GET", "/api/v1/staff", "staff:read", get_staff, query=StaffQuery, response=StaffPage, audit="staff.list"),
    Route(
        "GET", "/api/v1/staff/{staff_id}", "staff:read", get_member, response=ManagedMemberSchema, audit="staff.read"
    ),
)
