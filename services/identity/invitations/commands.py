"""Inviting, and accepting an invitation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.identity.credentials import hash_token, organization_of, set_password, token_for
from services.identity.invitations.models import Invitation
from services.identity.invitations.rules import LIFETIME, InvitationNotUsable
from services.identity.staff.models import Staff
from shared import audit, clock
from shared.actor import Actor
from shared.database import set_tenant


def invite(session: Session, actor: Actor, member: Staff) -> dict[str, Any]:
    """A new invitation for `member`: its token (told this once) and when it expires."""
    token = token_for(member.organization_id)
    expires_at = clock.now() + LIFETIME
    assert actor.staff_id is not None
    session.add(
        Invitation(
            organization_id=member.organization_id,
            staff_id=member.id,
            token_hash=hash_token(token),
            expires_at=expires_at,
            invited_by=actor.staff_id,
            created_at=clock.now(),
        )
    )
    return {"token": token, "expires_at": expires_at}


def accept_invitation(session: Session, token: str, password: str) -> Staff:
    """Use the invitation up and set the password. Raises `InvitationNotUsable`, `GuessablePassword`.

    One UPDATE both checks and uses it, so that of many at once exactly one succeeds.
    """
    organization_id = organization_of(token)
    if organization_id is None:
        raise InvitationNotUsable()
    set_tenant(session, organization_id)
    staff_id = session.scalar(
        update(Invitation)
        .where(
            Invitation.organization_id == organization_id,
            Invitation.token_hash == hash_token(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(Invitation.staff_id)
    )
    member = session.get(Staff, (organization_id, staff_id)) if staff_id else None
    if member is None or not member.active:
        raise InvitationNotUsable()
    set_password(member, password)
    audit.describe(session, object_id=member.id)
    return member
