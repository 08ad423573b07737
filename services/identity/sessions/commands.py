"""Starting, renewing and ending sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.identity.credentials import hash_token, organization_of, password_fits, token_for
from services.identity.sessions import rules
from services.identity.sessions.models import SignedIn
from services.identity.sessions.queries import Account, accounts_by_email
from services.identity.staff.models import Staff
from shared import audit, clock
from shared.actor import Actor
from shared.database import set_tenant
from shared.errors import FieldError
from shared.ids import new_id


def start_session(session: Session, email: str, password: str, organization_id: UUID | None) -> dict[str, Any]:
    """Sign in; returns the tokens. Raises `BadCredentials`, `ChooseOrganization`, `TooManyFailures`."""
    accounts = [
        account for account in accounts_by_email(session, email) if organization_id in (None, account.organization_id)
    ]
    waits = [_seconds_to_wait(session, account) for account in accounts]
    if waits and min(waits) > 0:
        raise rules.TooManyFailures(retry_after_seconds=max(waits))
    if not accounts:
        password_fits(None, password)  # as slow as for an address that exists
    fitting = [
        account
        for account, wait in zip(accounts, waits, strict=True)
        if wait == 0 and password_fits(account.password_hash, password)
    ]
    if not fitting:
        for account in accounts:
            _count_failure(session, account)
        raise rules.BadCredentials()
    if len(fitting) > 1:
        raise rules.ChooseOrganization(
            errors=[FieldError("organization_id", str(a.organization_id), a.organization_name) for a in fitting]
        )
    return _begin(session, fitting[0])


def renew_session(session: Session, refresh_token: str) -> dict[str, Any]:
    """Exchange a refresh token for new tokens; raises `SessionUnknown`, or `RefreshReused` and ends the session."""
    organization_id = organization_of(refresh_token)
    if organization_id is None:
        raise rules.SessionUnknown()
    set_tenant(session, organization_id)
    hashed = hash_token(refresh_token)
    found = session.scalars(
        select(SignedIn)
        .where(
            SignedIn.organization_id == organization_id,
            or_(SignedIn.refresh_hash == hashed, SignedIn.previous_refresh_hash == hashed),
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > clock.now(),
        )
        .with_for_update()
    ).first()
    member = session.get(Staff, (organization_id, found.staff_id)) if found else None
    if found is None or member is None or not member.active:
        raise rules.SessionUnknown()
    audit.describe(session, object_id=member.id)
    if found.refresh_hash != hashed:
        found.ended_at, found.end_reason = clock.now(), "refresh_reused"
        session.flush()
        raise rules.RefreshReused()
    found.previous_refresh_hash = hashed
    return _issue(found)


def end_session(session: Session, actor: Actor) -> None:
    """Sign out: the tokens of this session mean nothing from now on."""
    found = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if found is not None and found.ended_at is None:
        found.ended_at, found.end_reason = clock.now(), "signed_out"


def _begin(session: Session, account: Account) -> dict[str, Any]:
    set_tenant(session, account.organization_id)
    member = session.get_one(Staff, (account.organization_id, account.staff_id))
    member.failed_sign_ins, member.failing_since = 0, None
    begun = SignedIn(
        organization_id=account.organization_id,
        id=new_id(),
        staff_id=member.id,
        created_at=clock.now(),
        expires_at=clock.now() + rules.SESSION_LIFETIME,
    )
    session.add(begun)
    audit.describe(session, object_id=member.id)
    return _issue(begun)


def _issue(signed_in: SignedIn) -> dict[str, Any]:
    access, refresh = token_for(signed_in.organization_id), token_for(signed_in.organization_id)
    now = clock.now()
    signed_in.access_hash, signed_in.refresh_hash = hash_token(access), hash_token(refresh)
    signed_in.access_expires_at = min(now + rules.ACCESS_LIFETIME, signed_in.expires_at)
    return {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in_seconds": int((signed_in.access_expires_at - now).total_seconds()),
    }


def _seconds_to_wait(session: Session, account: Account) -> int:
    set_tenant(session, account.organization_id)
    member = session.get_one(Staff, (account.organization_id, account.staff_id))
    return rules.seconds_to_wait(member.failed_sign_ins, member.failing_since, clock.now())


def _count_failure(session: Session, account: Account) -> None:
    set_tenant(session, account.organization_id)
    member = session.get_one(Staff, (account.organization_id, account.staff_id), with_for_update=True)
    member.failed_sign_ins, member.failing_since = rules.failures_after(
        member.failed_sign_ins, member.failing_since, clock.now()
    )
    session.flush()
    audit.record(
        session,
        None,
        "post_session",
        outcome="denied",
        organization_id=account.organization_id,
        object_id=account.staff_id,
        rule=rules.BadCredentials.code,
    )
