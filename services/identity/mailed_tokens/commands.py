"""Tokens that go out by mail: made, used once, voided."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from services.identity.mail.commands import send_later
from services.identity.mailed_tokens import rules
from services.identity.mailed_tokens.models import MailedToken
from services.identity.organization.models import Organization
from services.identity.staff.models import Staff
from services.identity.tokens.rules import hash_token, organization_of, token_for
from shared import clock
from shared.database.session import Session, set_tenant
from shared.errors import Refusal
from shared.ids import new_id

HOUR: Final = timedelta(hours=1)


def mailed_lately(session: Session, organization_id: UUID, staff_id: UUID, purpose: str) -> int:
    """How many tokens for that purpose a member was mailed within the last hour."""
    statement = select(func.count()).where(
        MailedToken.organization_id == organization_id,
        MailedToken.staff_id == staff_id,
        MailedToken.purpose == purpose,
        MailedToken.created_at > clock.now() - HOUR,
    )
    return session.scalar(statement) or 0


def mail_token(session: Session, member: Staff, purpose: str, recipient: str, new_email: str | None) -> None:
    """Mail a fresh token of a member to `recipient`; `new_email` is the address that it is to confirm, if any."""
    token, now = token_for(member.organization_id), clock.now()
    session.add(
        MailedToken(
            organization_id=member.organization_id,
            id=new_id(),
            staff_id=member.id,
            purpose=purpose,
            token_hash=hash_token(token),
            new_email=new_email,
            created_at=now,
            expires_at=now + rules.LIFETIME[purpose],
        )
    )
    # Behind the #, so that it reaches neither a server's log nor a referrer.
    values = {"organization": name_of(session, member), "path": f"{rules.PATHS[purpose]}#token={token}"}
    lifetime = rules.LIFETIME[purpose]
    send_later(session, member.organization_id, recipient, purpose, values, lifetime, asked_by=member.id)


def name_of(session: Session, member: Staff) -> str:
    """What the member's practice is called."""
    return session.get_one(Organization, member.organization_id).name


def use_token(session: Session, token: str, purpose: str) -> MailedToken:
    """One UPDATE both checks and uses it, so that of many at once exactly one succeeds. Raises `TokenNotUsable`."""
    organization_id = organization_of(token)
    if organization_id is None:
        raise rules.TokenNotUsable()
    set_tenant(session, organization_id)
    used = session.scalars(
        update(MailedToken)
        .where(
            MailedToken.organization_id == organization_id,
            MailedToken.token_hash == hash_token(token),
            MailedToken.purpose == purpose,
            MailedToken.used_at.is_(None),
            MailedToken.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(MailedToken)
    ).first()
    if used is None:
        raise rules.TokenNotUsable()
    return used


def why_not(session: Session, token: str) -> Refusal:
    """Why a founder's link cannot be used; said to those who have the link alone."""
    organization_id = organization_of(token)
    known = select(MailedToken.used_at).where(
        MailedToken.organization_id == organization_id,
        MailedToken.token_hash == hash_token(token),
        MailedToken.purpose == rules.CONFIRMATION,
    )
    found = session.execute(known).first() if organization_id else None
    if found is None:
        return rules.TokenNotUsable()
    return rules.LinkUsed() if found.used_at else rules.LinkExpired()


def holder_of(session: Session, used: MailedToken) -> Staff:
    """Whose token it is, locked. A token from before their leaving means nothing, also once they were taken back.

    Raises `TokenNotUsable`.
    """
    member = session.get_one(Staff, (used.organization_id, used.staff_id), with_for_update=True)
    if not member.active or (member.signed_out_at and used.created_at <= member.signed_out_at):
        raise rules.TokenNotUsable()
    return member


def void_tokens_of(session: Session, organization_id: UUID, staff_id: UUID, *purposes: str) -> None:
    """Void the tokens under way by mail, of these purposes or of all: somebody locked out may have asked for them."""
    session.execute(
        update(MailedToken)
        .where(
            MailedToken.organization_id == organization_id,
            MailedToken.staff_id == staff_id,
            MailedToken.purpose.in_(purposes or rules.PATHS),
            MailedToken.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
