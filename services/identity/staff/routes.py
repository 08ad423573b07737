"""The endpoints at which staff change."""

from __future__ import annotations

from uuid import UUID

from services.identity.staff import commands, queries
from services.identity.staff.commands import MemberChanges, OwnProfileChanges
from services.identity.staff.models import Staff
from services.identity.staff.schemas import MemberPatch, MemberSchema, OwnProfile
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route
from shared.web.tags import ACCOUNT


def patch_member(session: Session, actor: Person, staff_id: UUID, body: MemberChanges) -> Staff:
    """Change profile, licence, levels, grants or activity of a member of staff

    Fields that are left out stay. Nobody can give levels or grants that they do not hold. Changed levels and
    grants take effect within seconds, and are kept with who changed them. Administration that sees its own cases only
    makes nobody on the staff a therapist. Whose notes somebody approves or co-signs supervises nobody, and who
    supervises gets no such supervisor.
    """
    return commands.change_member(session, actor, staff_id, body)


def patch_me(session: Session, actor: Person, body: OwnProfileChanges) -> Staff:
    """Change what everybody may change about themselves

    Changes phone, pronouns, colour or working hours. Somebody who manages staff changes the rest.
    """
    return commands.change_own_profile(session, actor, body)


_ONE = "/api/v1/staff/{staff_id}"
ROUTES = (
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
