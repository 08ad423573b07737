"""Reading invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, exists, func, or_, select

from services.identity.invitations.models import Invitation
from services.identity.invitations.rules import InvitationNotUsable
from services.identity.organization.models import Organization
from services.identity.staff.models import Staff
from services.identity.tokens.rules import hash_token, organization_of
from shared import clock
from shared.actor import Person
from shared.database.session import Session, set_tenant
from shared.errors import NotFound
from shared.web.paging import paginate


def still_open() -> tuple[ColumnExpressionArgument[bool], ...]:
    """That an invitation is not used, not revoked, not lapsed, and went to the address that the member has now."""
    fits = exists().where(
        Staff.organization_id == Invitation.organization_id,
        Staff.id == Invitation.staff_id,
        Staff.email_key == Invitation.email_key,
    )
    return (
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.now(),
        fits.correlate(Invitation),
    )


def open_invitations(session: Session, actor: Person, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of invitations that still work, oldest first. Never their tokens."""
    statement = (
        select(Invitation)
        .join(
            Staff,
            (Staff.organization_id == Invitation.organization_id) & (Staff.id == Invitation.staff_id) & Staff.active,
        )
        .where(
            Invitation.organization_id == actor.organization_id,
            *still_open(),
        )
    )
    return paginate(session, statement, [Invitation.id], limit=limit, cursor=cursor)


def one_invitation(session: Session, actor: Person, invitation_id: UUID) -> Invitation:
    """An invitation, whether it still works or not, until it is purged; raises `NotFound`."""
    invitation = session.get(Invitation, (actor.organization_id, invitation_id))
    if invitation is None:
        raise NotFound()
    return invitation


def invitation_behind(session: Session, token: str) -> dict[str, Any]:
    """Which practice a link leads to, who sent it, and until when it works: told to who holds the token.

    Raises `InvitationNotUsable`.
    """
    organization_id = organization_of(token)
    if organization_id is None:
        raise InvitationNotUsable()
    set_tenant(session, organization_id)
    found = session.scalars(
        select(Invitation)
        .join(
            Staff,
            (Staff.organization_id == Invitation.organization_id) & (Staff.id == Invitation.staff_id) & Staff.active,
        )
        .where(
            Invitation.organization_id == organization_id,
            Invitation.token_hash == hash_token(token),
            or_(Staff.signed_out_at.is_(None), Staff.signed_out_at < Invitation.created_at),
            *still_open(),
        )
    ).first()
    if found is None:
        raise InvitationNotUsable()
    inviter = session.get_one(Staff, (organization_id, found.invited_by))
    practice = session.get_one(Organization, organization_id)
    return {
        "organization_name": practice.name,
        "invited_by_name": inviter.display_name,
        "expires_at": found.expires_at,
    }


def made_since(session: Session, actor: Person, since: datetime) -> int:
    """How many invitations the organization made from then on."""
    statement = select(func.count()).where(
        Invitation.organization_id == actor.organization_id, Invitation.created_at > since
    )
    return session.scalar(statement) or 0
