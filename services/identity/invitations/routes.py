"""The endpoints of joining: adding somebody to the staff invites them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.identity.invitations import commands
from services.identity.invitations.schemas import (
    AcceptInvitation,
    InvitationSchema,
    InvitedMemberSchema,
    JoinedSchema,
)
from services.identity.staff.commands import create_member
from services.identity.staff.models import Staff
from services.identity.staff.schemas import MemberSchema, NewMember
from shared.actor import Actor
from shared.web.routes import PUBLIC, Dumped, Route


def post_staff(session: Session, actor: Actor, body: dict[str, Any]) -> Dumped:
    """Add a member of staff and invite them"""
    member = create_member(session, actor, body)
    invitation = InvitationSchema().dump(commands.invite(session, actor, member))
    return Dumped(MemberSchema().dump(member), invitation=invitation)


def post_acceptance(session: Session, actor: None, body: dict[str, Any]) -> Staff:
    """Accept an invitation and set the password"""
    return commands.accept_invitation(session, body["token"], body["password"])


ROUTES = (
    Route(
        "POST",
        "/api/v1/staff",
        "staff:create",
        post_staff,
        body=NewMember,
        answer=InvitedMemberSchema,
        status=201,
    ),
    Route(
        "POST",
        "/api/v1/invitations/accept",
        PUBLIC,
        post_acceptance,
        body=AcceptInvitation,
        answer=JoinedSchema,
    ),
)
