"""Inviting, and accepting an invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from services.identity.invitations.models import Invitation
from services.identity.invitations.queries import made_since, still_open
from services.identity.invitations.rules import (
    LIFETIME,
    PER_DAY_MAX,
    AlreadyJoined,
    Deactivated,
    InvitationNotUsable,
    TooManyInvitations,
)
from services.identity.known_devices.commands import forget_devices
from services.identity.login_throttling.commands import remember_place
from services.identity.mail.commands import send_later
from services.identity.organization.queries import own_organization
from services.identity.passwords.commands import set_password
from services.identity.staff.commands import save_member
from services.identity.staff.models import Staff
from services.identity.staff.queries import access_of, ensure_may_change, member_of_today, one_member
from services.identity.tokens.rules import hash_token, organization_of, token_for
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session, set_tenant
from shared.errors import NotFound
from shared.ids import new_id
from shared.mail.models import Mail
from shared.mail.outgoing import release
from shared.permissions import Restriction

DAY = timedelta(days=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody who was invited joins with."""

    token: str
    password: str


def invite(session: Session, actor: Person, member: Staff) -> dict[str, Any]:
    """A new invitation for `member`, by mail and in place of an open one: id, token (told this once), end.

    Administration that sees its own cases only is not told the token: it goes by mail alone.

    Raises `TooManyInvitations`.
    """
    if (made := made_since(session, actor, clock.now() - DAY)) >= PER_DAY_MAX:
        raise TooManyInvitations(retry_after_seconds=3600)
    _revoke_of(session, member)
    token = token_for(member.organization_id)
    expires_at = clock.now() + LIFETIME
    audit.describe(session, object_id=member.id, invitations_today=made + 1)
    invitation = Invitation(
        organization_id=member.organization_id,
        id=new_id(),
        staff_id=member.id,
        email_key=member.email_key,
        token_hash=hash_token(token),
        expires_at=expires_at,
        invited_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(invitation)
    session.flush()
    by = member_of_today(session, actor, actor.staff_id)
    practice = own_organization(session, actor)
    # Behind the #, so that it reaches neither a server's log nor a referrer.
    values = {"organization": practice.name, "invited_by": by.display_name, "path": f"/join#token={token}"}
    send_later(session, member.organization_id, member.email, "invitation", values, LIFETIME, about=invitation.id)
    # Somebody who sees their own cases only does not get into others' as a person they have just invited.
    shown = None if Restriction.CASES_ASSIGNED in actor.restrictions else token
    return {"id": invitation.id, "token": shown, "expires_at": expires_at}


def send_what_waited(session: Session, organization_id: UUID) -> None:
    """Send the mail that waited for the founder's confirmation; of invitations those that still work."""
    working = select(Invitation.id).where(Invitation.organization_id == organization_id, *still_open())
    release(session, organization_id, or_(Mail.about.is_(None), Mail.about.in_(working)))


def invite_again(session: Session, actor: Person, staff_id: UUID) -> dict[str, Any]:
    """Another invitation for somebody who has not joined. Raises `NotFound`, `AlreadyJoined`, `Deactivated`,
    `TooManyInvitations`, and the refusals of `ensure_may_change`.
    """
    member = one_member(session, actor, staff_id, for_update=True)
    ensure_may_change(session, actor, member, access_of(member), access_of(member))
    if member.joined:
        raise AlreadyJoined()
    if not member.active:
        raise Deactivated()
    return invite(session, actor, member)


def revoke(session: Session, actor: Person, invitation_id: UUID) -> None:
    """Revoke an open invitation; the member stays, not joined. Raises `NotFound`."""
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.organization_id == actor.organization_id, Invitation.id == invitation_id, *still_open())
        .with_for_update()
    ).first()
    if invitation is None:
        raise NotFound()
    member = one_member(session, actor, invitation.staff_id)
    ensure_may_change(session, actor, member, access_of(member), access_of(member))
    invitation.revoked_at = clock.now()
    audit.describe(session, object_id=member.id)


def _revoke_of(session: Session, member: Staff) -> None:
    session.execute(
        update(Invitation)
        .where(
            Invitation.organization_id == member.organization_id,
            Invitation.staff_id == member.id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    )


def accept_invitation(session: Session, acceptance: Acceptance) -> Staff:
    """Use the invitation up and set the password. One UPDATE does both, so that of many at once exactly one succeeds.

    Raises `InvitationNotUsable`, `GuessablePassword`, `BreachedPassword`.
    """
    organization_id = organization_of(acceptance.token)
    if organization_id is None:
        raise InvitationNotUsable()
    set_tenant(session, organization_id)
    used = session.execute(
        update(Invitation)
        .where(
            Invitation.organization_id == organization_id,
            Invitation.token_hash == hash_token(acceptance.token),
            *still_open(),
        )
        .values(used_at=clock.now())
        .returning(Invitation.staff_id, Invitation.created_at, Invitation.email_key)
    ).first()
    # Locked: a correction of the address that is under way ends first, and then the invitation no longer fits.
    member = session.get(Staff, (organization_id, used.staff_id), with_for_update=True) if used else None
    if not used or not member or member.email_key != used.email_key:
        raise InvitationNotUsable()
    # An invitation from before somebody left means nothing, also when they have been taken back since.
    if not member.active or used.created_at <= (member.signed_out_at or LONG_AGO):
        raise InvitationNotUsable()
    set_password(session, member, acceptance.password, "password")
    forget_devices(session, organization_id, member.id)  # of somebody who was here before
    remember_place(session, organization_id, member.id)
    save_member(session, member)  # whom others may count on from now on
    audit.describe(session, actor_id=member.id, object_id=member.id)
    return member
