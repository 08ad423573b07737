"""Starting, renewing and ending sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.identity.credentials import (
    hash_family,
    hash_token,
    organization_of,
    password_fits,
    refresh_token_for,
    renewed,
    token_for,
)
from services.identity.sessions import rules
from services.identity.sessions.models import SignedIn, SignInFailures
from services.identity.sessions.queries import Account, accounts_by_email, still_theirs
from services.identity.staff.models import Staff
from services.identity.staff.rules import email_key
from shared import audit, clock
from shared.actor import Actor
from shared.database import set_tenant
from shared.errors import FieldError
from shared.ids import NIL, new_id


def start_session(session: Session, email: str, password: str, organization_id: UUID | None) -> dict[str, Any]:
    """Sign in; returns the tokens. Raises `BadCredentials`, `ChooseOrganization`, `TooManyFailures`."""
    failures = _failures_of(session, email)
    if wait := rules.seconds_to_wait(failures.failures, failures.since, clock.now()):
        raise rules.TooManyFailures(retry_after_seconds=wait)
    accounts = [
        account for account in accounts_by_email(session, email) if organization_id in (None, account.organization_id)
    ]
    if not accounts:
        password_fits(None, password)  # as slow as for an address that exists
    fitting = [account for account in accounts if password_fits(account.password_hash, password)]
    if not fitting:
        failures.failures, failures.since = rules.failures_after(failures.failures, failures.since, clock.now())
        session.flush()
        for account in accounts:
            _record_failure(session, account)
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
    found = session.scalars(
        select(SignedIn)
        .join(Staff, (Staff.organization_id == SignedIn.organization_id) & (Staff.id == SignedIn.staff_id))
        .where(
            SignedIn.organization_id == organization_id,
            SignedIn.refresh_family == hash_family(refresh_token),
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > clock.now(),
            *still_theirs(),
        )
        .with_for_update(of=SignedIn)
    ).first()
    if found is None:
        raise rules.SessionUnknown()
    if found.refresh_hash != hash_token(refresh_token):
        found.ended_at, found.end_reason = clock.now(), "refresh_reused"
        session.flush()
        audit.record(
            session,
            None,
            "post_refresh",
            outcome="denied",
            organization_id=organization_id,
            object_id=found.staff_id,
            rule=rules.RefreshReused.code,
        )
        raise rules.RefreshReused()
    audit.describe(session, object_id=found.staff_id)
    return _issue(found, renewed(refresh_token))


def end_session(session: Session, actor: Actor) -> None:
    """Sign out: the tokens of this session mean nothing from now on."""
    found = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if found is not None and found.ended_at is None:
        found.ended_at, found.end_reason = clock.now(), "signed_out"


def _begin(session: Session, account: Account) -> dict[str, Any]:
    set_tenant(session, account.organization_id)
    begun = SignedIn(
        organization_id=account.organization_id,
        id=new_id(),
        staff_id=account.staff_id,
        created_at=clock.now(),
        expires_at=clock.now() + rules.SESSION_LIFETIME,
    )
    session.add(begun)
    audit.describe(session, object_id=account.staff_id)
    return _issue(begun, refresh_token_for(account.organization_id))


def _issue(signed_in: SignedIn, refresh_token: str) -> dict[str, Any]:
    access_token = token_for(signed_in.organization_id)
    now = clock.now()
    signed_in.access_hash = hash_token(access_token)
    signed_in.refresh_hash, signed_in.refresh_family = hash_token(refresh_token), hash_family(refresh_token)
    signed_in.access_expires_at = min(now + rules.ACCESS_LIFETIME, signed_in.expires_at)
    return {
        "access_token": access_token,
        "refresh_token": refresh_token,
        "token_type": "Bearer",
        "expires_in_seconds": int((signed_in.access_expires_at - now).total_seconds()),
    }


def _failures_of(session: Session, email: str) -> SignInFailures:
    """The address's counter, locked: guesses sent at once are judged one after the other.

    A right password does not reset it, or whoever founds an organization under somebody else's address could.
    """
    key = {"organization_id": NIL, "bucket": rules.failure_bucket(email_key(email))}
    set_tenant(session, NIL)
    session.execute(insert(SignInFailures).values(**key, failures=0, since=clock.now()).on_conflict_do_nothing())
    return session.get_one(SignInFailures, key, with_for_update=True)


def _record_failure(session: Session, account: Account) -> None:
    set_tenant(session, account.organization_id)
    audit.record(
        session,
        None,
        "post_session",
        outcome="denied",
        organization_id=account.organization_id,
        object_id=account.staff_id,
        rule=rules.BadCredentials.code,
    )
