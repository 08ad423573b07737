"""Starting and renewing sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.known_devices.commands import remember_device
from services.identity.login_throttling.commands import AccountKey, LoginThrottle, ensure_tried_here, remember_place
from services.identity.organization.models import Organization
from services.identity.passkeys.commands import claimed, prove
from services.identity.passkeys.rules import BadPasskey
from services.identity.passwords.rules import password_fits
from services.identity.second_factors.commands import second_factor_of
from services.identity.sessions import rules
from services.identity.sessions.queries import Account, accounts_by_email, still_theirs, still_used
from services.identity.sign_ins.models import SignedIn
from services.identity.staff.models import Staff
from services.identity.tokens.rules import (
    hash_family,
    hash_token,
    organization_of,
    refresh_token_for,
    renewed,
    token_for,
)
from shared import audit, client_network, clock
from shared.actor import Person
from shared.database.session import Session, set_tenant
from shared.errors import FieldError
from shared.failpoints import failpoint
from shared.ids import NIL, new_id


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """What somebody signs in with."""

    email: str
    password: str
    organization_id: UUID | None = None
    totp_code: str | None = None
    recovery_code: str | None = None
    browser: bool = False


@dataclass(frozen=True, slots=True)
class PasskeyAttempt:
    """The answer of a passkey that somebody signs in with."""

    credential: dict[str, Any]
    browser: bool


def start_session(session: Session, attempt: SignInAttempt) -> dict[str, Any]:
    """Sign in; returns the tokens.

    Raises `BadCredentials`, `ChooseOrganization`, `SecondFactorRequired`, `BadSecondFactor`, `TooManyFailures`.
    """
    candidates = accounts_by_email(session, attempt.email, attempt.organization_id)
    accounts = {AccountKey(account.organization_id, account.staff_id): account for account in candidates}
    throttle = LoginThrottle.of(session, attempt.email, accounts)
    tried = [accounts[key] for key in throttle.allowed_attempts(accounts)]
    for _ in range(rules.VERIFICATIONS_MIN - len(tried)):
        password_fits(None, attempt.password)  # how long it takes tells neither of no account nor of a second one
    fitting = [account for account in tried if password_fits(account.password_hash, attempt.password)]
    missed = [account for account in tried if account not in fitting]
    if missed or not tried:  # counted also where another account fits: it may be a stranger's, under this address
        throttle.count_failure()
    for account in missed:
        _record_failure(session, account.organization_id, account.staff_id, rules.BadCredentials.code)
    if not tried:
        _record_failure_of_nobody(session)
    if not fitting:
        raise rules.BadCredentials()
    if len(fitting) > 1:
        for account in fitting:
            _record_failure(session, account.organization_id, account.staff_id, rules.ChooseOrganization.code)
        raise rules.ChooseOrganization(
            errors=[
                FieldError("organization_id", "fits", account.organization_name, str(account.organization_id))
                for account in fitting
            ]
        )
    (account,) = fitting
    _ensure_still_so(session, account)
    factors = ["password", *_second_factor(session, account, attempt, throttle)]
    remember_place(session, account.organization_id, account.staff_id)
    return begin_session(session, account.organization_id, account.staff_id, factors, browser=attempt.browser)


def _ensure_still_so(session: Session, account: Account) -> None:
    """The password that was judged is the present one, and stays so until this transaction ends.

    A change of the password ends all sessions: one that began with the old password must not slip in behind it.
    """
    set_tenant(session, account.organization_id)
    member = session.get_one(Staff, (account.organization_id, account.staff_id), with_for_update={"read": True})
    if not member.active or member.password_hash != account.password_hash:
        raise rules.BadCredentials()


def _second_factor(session: Session, account: Account, attempt: SignInAttempt, throttle: LoginThrottle) -> list[str]:
    """The second factor that was given, none where the account has none."""
    second = second_factor_of(session, account.organization_id, account.staff_id)
    if second is None:
        return []
    if not attempt.totp_code and not attempt.recovery_code:
        _record_failure(session, account.organization_id, account.staff_id, rules.SecondFactorRequired.code)
        raise rules.second_factor_required(second.accepted)
    if not second.accepts(session, attempt.totp_code, attempt.recovery_code):
        throttle.count_failure()
        _record_failure(session, account.organization_id, account.staff_id, rules.BadSecondFactor.code)
        raise rules.BadSecondFactor()
    set_tenant(session, account.organization_id)
    return ["totp" if attempt.totp_code else "recovery_code"]


def start_session_with_passkey(session: Session, attempt: PasskeyAttempt) -> dict[str, Any]:
    """Sign in with a passkey and nothing else; returns the tokens.

    Raises `BadPasskey`, `NoDomain`, `TooManyFailures`.
    """
    passkey = claimed(session, attempt.credential)
    if passkey is None:
        raise BadPasskey()
    organization_id, staff_id = passkey.organization_id, passkey.staff_id
    ensure_tried_here(session, AccountKey(organization_id, staff_id))
    try:
        prove(session, passkey, attempt.credential)
        if not session.get_one(Staff, (organization_id, staff_id)).active:
            raise BadPasskey()
    except BadPasskey as refusal:
        _record_failure(session, organization_id, staff_id, refusal.code)
        raise
    remember_place(session, organization_id, staff_id)
    return begin_session(session, organization_id, staff_id, [rules.PASSKEY], browser=attempt.browser)


def renew_session(session: Session, refresh_token: str) -> dict[str, Any]:
    """Exchange a refresh token for new tokens; raises `SessionUnknown`, or `RefreshReused` and ends the session."""
    organization_id = organization_of(refresh_token)
    if organization_id is None:
        raise rules.SessionUnknown()
    set_tenant(session, organization_id)
    signed_in = session.scalars(
        select(SignedIn)
        .join(Staff, (Staff.organization_id == SignedIn.organization_id) & (Staff.id == SignedIn.staff_id))
        .join(Organization, Organization.organization_id == SignedIn.organization_id)
        .where(
            SignedIn.organization_id == organization_id,
            SignedIn.refresh_family == hash_family(refresh_token),
            SignedIn.expires_at > clock.now(),
            *still_used(clock.now()),
            *still_theirs(),
        )
        .with_for_update(of=SignedIn)
    ).first()
    if signed_in is None:
        raise rules.SessionUnknown()
    if signed_in.refresh_hash != hash_token(refresh_token):
        signed_in.ended_at, signed_in.end_reason = clock.now(), "refresh_reused"
        session.flush()
        audit.record(
            session,
            None,
            "post_refresh",
            outcome="denied",
            organization_id=organization_id,
            object_id=signed_in.staff_id,
            rule=rules.RefreshReused.code,
        )
        raise rules.RefreshReused()
    audit.describe(session, actor_id=signed_in.staff_id, object_id=signed_in.staff_id)
    return _issue(signed_in, renewed(refresh_token))


def begin_session(
    session: Session, organization_id: UUID, staff_id: UUID, factors: list[str], *, browser: bool
) -> dict[str, Any]:
    """The tokens of a new session; the transaction's tenant is that organization."""
    begun = SignedIn(
        organization_id=organization_id,
        id=new_id(),
        staff_id=staff_id,
        factors=factors,
        network=client_network.current.get(),
        browser=browser,
        created_at=clock.now(),
        authenticated_at=clock.now(),
        last_used_at=clock.now(),
        expires_at=clock.now() + rules.SESSION_LIFETIME,
    )
    session.add(begun)
    audit.describe(session, actor_id=staff_id, object_id=staff_id, factors=factors)
    issued = _issue_to_browser(session, begun) if browser else _issue(begun, refresh_token_for(organization_id))
    session.flush()
    failpoint("session.after_insert")
    return issued


def replace_cookie(signed_in: SignedIn) -> str:
    """A new token for the session of a browser, good as long as the session; the earlier one stops working."""
    token = token_for(signed_in.organization_id)
    signed_in.access_hash, signed_in.access_expires_at = hash_token(token), signed_in.expires_at
    return token


def next_cookie(session: Session, actor: Person) -> str | None:
    """Another token for the browser's session that asks, whose person proves who they are in another way from now on.

    The present one ends: somebody who planted or copied it gains nothing by the change. None in other sessions.
    """
    signed_in = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if signed_in is None or not signed_in.browser or signed_in.ended_at is not None:
        return None
    return replace_cookie(signed_in)


def _issue_to_browser(session: Session, signed_in: SignedIn) -> dict[str, Any]:
    tokens = _tokens(replace_cookie(signed_in), None, "Cookie", signed_in)
    return {**tokens, "device": remember_device(session, signed_in.organization_id, signed_in.staff_id)}


def _issue(signed_in: SignedIn, refresh_token: str) -> dict[str, Any]:
    access_token = token_for(signed_in.organization_id)
    signed_in.access_hash = hash_token(access_token)
    signed_in.refresh_hash, signed_in.refresh_family = hash_token(refresh_token), hash_family(refresh_token)
    signed_in.access_expires_at = min(clock.now() + rules.ACCESS_LIFETIME, signed_in.expires_at)
    return _tokens(access_token, refresh_token, "Bearer", signed_in)


def _tokens(access_token: str, refresh_token: str | None, token_type: str, signed_in: SignedIn) -> dict[str, Any]:
    return {
        "access_token": access_token,
        "refresh_token": refresh_token,
        "token_type": token_type,
        "expires_in_seconds": round((signed_in.access_expires_at - clock.now()).total_seconds()),
        "device": None,
    }


def _record_failure(session: Session, organization_id: UUID, staff_id: UUID, rule: str) -> None:
    set_tenant(session, organization_id)
    with session.begin_nested():
        _write_failure(session, organization_id, staff_id, rule)


def _record_failure_of_nobody(session: Session) -> None:
    """The same work for an address that nobody has, written and taken back: how long it takes must not tell."""
    set_tenant(session, NIL)
    with session.begin_nested() as attempt:
        _write_failure(session, NIL, NIL, rules.BadCredentials.code)
        attempt.rollback()


def _write_failure(session: Session, organization_id: UUID, staff_id: UUID, rule: str) -> None:
    audit.record(
        session,
        None,
        "post_session",
        outcome="denied",
        organization_id=organization_id,
        object_id=staff_id,
        rule=rule,
    )
