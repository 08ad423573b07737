"""The endpoints of joining: adding somebody to the staff invites them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.invitations import commands, queries
from services.identity.invitations.commands import Acceptance
from services.identity.invitations.models import Invitation
from services.identity.invitations.schemas import (
    AcceptInvitation,
    InvitationBehindSchema,
    InvitationSchema,
    InvitationsPage,
    InvitationToken,
    InvitedMemberSchema,
    JoinedSchema,
    OneInvitationSchema,
)
from services.identity.staff.commands import MemberDetails, create_member
from services.identity.staff.models import Staff
from services.identity.staff.schemas import MemberSchema, NewMember
from shared import audit
from shared.actor import Person
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.paging import PageQuery
from shared.web.routes import PUBLIC, Dumped, ResponseWith, Route
from shared.web.tags import SIGN_IN


def post_staff(session: Session, actor: Person, body: MemberDetails) -> Dumped:
    """Add a member of staff and invite them

    Adds the member and mails the invitation. The answer holds the invitation's token, shown only once. Nobody
    can give levels or grants that they do not hold.
    """
    member = create_member(session, actor, body)
    invitation = dump(InvitationSchema, commands.invite(session, actor, member))
    return Dumped(dump(MemberSchema, member), invitation=invitation)


def post_invitation(session: Session, actor: Person, staff_id: UUID) -> dict[str, Any]:
    """Invite a member of staff again

    Voids the open invitation and mails a new one. The answer holds its token, shown only once.
    """
    return commands.invite_again(session, actor, staff_id)


def get_invitations(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """List invitations that are open

    Oldest first. Tokens are never shown again.
    """
    return queries.open_invitations(session, actor, **query)


def get_invitation(session: Session, actor: Person, invitation_id: UUID) -> Invitation:
    """Read an invitation, and what became of it

    Shows to which address it went and until when it works. Its token is never shown again.
    """
    invitation = queries.one_invitation(session, actor, invitation_id)
    audit.describe(session, object_id=invitation.staff_id)
    return invitation


def delete_invitation(session: Session, actor: Person, invitation_id: UUID) -> ResponseWith:
    """Revoke an invitation

    The link in the mail stops working. The member stays on the staff and can be invited again.
    """
    commands.revoke(session, actor, invitation_id)
    return ResponseWith(None, status=204)


def post_invitation_lookup(session: Session, actor: None, body: dict[str, str]) -> dict[str, Any]:
    """See where an invitation leads to

    Tells the person who holds the token which practice it is for, who invited them, and until when it works. Nothing is
    used up. Every token that does not work gets the same answer.
    """
    return queries.invitation_behind(session, body["token"])


def post_acceptance(session: Session, actor: None, body: Acceptance) -> Staff:
    """Accept an invitation and set the password

    Sets the password of the invited person and uses the invitation up. Sign in afterwards.
    """
    return commands.accept_invitation(session, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/staff",
        "staff:create",
        post_staff,
        body=NewMember,
        response=InvitedMemberSchema,
        status=201,
        makes="/api/v1/staff/{staff_id}",
        example={
            "given_name": "Noah",
            "family_name": "Reyes",
            "email": "noah@example.org",
            "levels": ["therapist"],
            "licence": {"number": "NY-004711", "state": "NY", "issued_on": "2019-05-01", "expires_on": "2035-01-01"},
        },
    ),
    Route(
        "POST",
        "/api/v1/invitations/lookup",
        PUBLIC,
        post_invitation_lookup,
        body=InvitationToken,
        response=InvitationBehindSchema,
        audit="invitation.lookup",
        reads=True,
        example={"token": "the-token-of-the-invitation"},
        tag=SIGN_IN,
    ),
    Route(
        "POST",
        "/api/v1/invitations/accept",
        PUBLIC,
        post_acceptance,
        body=AcceptInvitation,
        response=JoinedSchema,
        example={"token": "the-token-of-the-invitation", "password": "{password}"},
        tag=SIGN_IN,
    ),
    Route(
        "POST",
        "/api/v1/staff/{staff_id}/invitation",
        "staff:create",
        post_invitation,
        response=InvitationSchema,
        status=201,
        makes="/api/v1/invitations/{invitation_id}",
    ),
    Route(
        "GET",
        "/api/v1/invitations",
        "staff:create",
        get_invitations,
        query=PageQuery,
        response=InvitationsPage,
        audit="invitations.list",
    ),
    Route(
        "GET",
        "/api/v1/invitations/{invitation_id}",
        "staff:create",
        get_invitation,
        response=OneInvitationSchema,
        audit="invitation.read",
    ),
    Route("DELETE", "/api/v1/invitations/{invitation_id}", "staff:create", delete_invitation, status=204),
)
