"""What a token means, and who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, Select, func, or_, select, text, update

from services.identity.api_clients.queries import resolve_api_token
from services.identity.login_throttling.rules import KNOWN_FOR
from services.identity.organization.models import Organization
from services.identity.organization.queries import own_organization
from services.identity.passkeys.queries import has_passkey
from services.identity.preferences.queries import preferences_of
from services.identity.sessions.rules import LAST_USE_STEP, VERIFICATIONS_MAX, SessionUnknown, is_strong
from services.identity.sign_ins.models import SignedIn
from services.identity.staff.models import Staff
from services.identity.staff.queries import member_of_today
from services.identity.staff.rules import email_key
from services.identity.tokens.rules import hash_token, organization_of
from shared import client_network, clock
from shared.actor import Caller, Person
from shared.actor_slugs import slugs_of
from shared.database.session import Session, set_tenant
from shared.errors import NotFound
from shared.permissions import Restriction

SESSIONS_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Account:
    """One account that an e-mail address may mean, from whichever organization."""

    organization_id: UUID
    organization_name: str
    staff_id: UUID
    password_hash: str


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A token that came with a request, as a bearer token or as a browser's cookie.

    `in_use`: a person asks; otherwise the session goes on lying idle.
    """

    access_token: str
    in_use: bool
    cookie: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whose access token it is, and when it expires.

    `authenticated_at`: when the person last proved who they are; None for a program.
    """

    caller: Caller
    expires_at: datetime
    browser: bool = False
    authenticated_at: datetime | None = None


def accounts_by_email(
    session: Session, email: str, organization_id: UUID | None = None, most: int = VERIFICATIONS_MAX
) -> list[Account]:
    """Active accounts with that address, in one organization or in all, at most so many.

    The only look across organizations: a function of the role `identity_signin`, which sees just these columns.
    First those that have signed in from this network lately, then those whose address was shown to be theirs by a token
    from its mailbox, then the oldest. So founding organizations under somebody else's address crowds them out
    neither where they work nor, once they have reset their password, anywhere.
    """
    wanted = {
        "key": email_key(email),
        "organization_id": organization_id,
        "network": client_network.current.get(),
        "since": clock.now() - KNOWN_FOR,
        "most": most,
    }
    statement = text("SELECT * FROM accounts_to_try(:key, :organization_id, :network, :since, :most)")
    rows = session.execute(statement, wanted)
    return [Account(*row) for row in rows]


def resolve_access_token(session: Session, presented: PresentedToken) -> Resolved:
    """Whose token it is, with what holds of them at this moment; raises `SessionUnknown`.

    A cookie is found among the sessions of browsers, a bearer token among all others: neither passes for the other.
    """
    token = presented.access_token
    organization_id = organization_of(token)
    if organization_id is None:
        raise SessionUnknown()
    set_tenant(session, organization_id)
    now = clock.now()
    found = session.execute(
        select(
            SignedIn.id,
            SignedIn.access_expires_at,
            SignedIn.last_used_at,
            SignedIn.factors,
            SignedIn.browser,
            func.coalesce(SignedIn.authenticated_at, SignedIn.created_at).label("authenticated_at"),
            Staff.id.label("staff_id"),
            Staff.levels,
            Staff.grants,
            Organization.requires_second_factor,
            Organization.restricts_administration,
            Organization.break_glass_enabled,
        )
        .join(Staff, (Staff.organization_id == SignedIn.organization_id) & (Staff.id == SignedIn.staff_id))
        .join(Organization, Organization.organization_id == SignedIn.organization_id)
        .where(
            SignedIn.organization_id == organization_id,
            SignedIn.access_hash == hash_token(token),
            SignedIn.browser.is_(presented.cookie),
            SignedIn.access_expires_at > now,
            *still_used(now),
            *still_theirs(),
        )
    ).first()
    if found is None:
        known = None if presented.cookie else resolve_api_token(session, organization_id, token)
        if known is None:
            raise SessionUnknown()
        return Resolved(*known)
    if presented.in_use and (found.last_used_at is None or now - found.last_used_at >= LAST_USE_STEP):
        _note_use(session, organization_id, found.id, now)
    if found.requires_second_factor and not is_strong(found.factors):
        restrictions = frozenset({Restriction.ENROLLING})
        person = Person(organization_id, found.staff_id, restrictions=restrictions, session_id=found.id)
    else:
        person = Person.of_member(
            organization_id,
            found.staff_id,
            found.levels,
            found.grants,
            restricts_administration=found.restricts_administration,
            emergency_access=found.break_glass_enabled,
            session_id=found.id,
        )
    return Resolved(person, found.access_expires_at, found.browser, found.authenticated_at)


def _note_use(session: Session, organization_id: UUID, session_id: UUID, now: datetime) -> None:
    """Only where nobody holds the row: a sign-out under way must not make everybody wait."""
    row = select(SignedIn.id).where(SignedIn.organization_id == organization_id, SignedIn.id == session_id)
    statement = update(SignedIn).where(
        SignedIn.organization_id == organization_id,
        SignedIn.id.in_(row.with_for_update(skip_locked=True)),
    )
    session.execute(statement.values(last_used_at=now))


def still_used(now: datetime) -> tuple[ColumnExpressionArgument[bool], ...]:
    """That a session has not ended, and has not lain idle for longer than its organization allows."""
    idle_since = func.coalesce(SignedIn.last_used_at, SignedIn.created_at)
    allowed = func.make_interval(0, 0, 0, 0, 0, Organization.idle_minutes)
    return SignedIn.ended_at.is_(None), idle_since + allowed > now


def own_sessions(session: Session, actor: Person) -> list[dict[str, Any]]:
    """The sessions of the signed-in person that still live, newest first, at most a hundred."""
    found = session.scalars(_own(actor).order_by(SignedIn.id.desc()).limit(SESSIONS_SHOWN_MAX))
    return [_shown(actor, signed_in) for signed_in in found]


def own_session(session: Session, actor: Person, session_id: UUID) -> dict[str, Any]:
    """One of one's own sessions that still lives; raises `NotFound`."""
    found = session.scalars(_own(actor).where(SignedIn.id == session_id)).first()
    if found is None:
        raise NotFound()
    return _shown(actor, found)


def _own(actor: Person) -> Select[SignedIn]:
    now = clock.now()
    return (
        select(SignedIn)
        .join(Organization, Organization.organization_id == SignedIn.organization_id)
        .where(
            SignedIn.organization_id == actor.organization_id,
            SignedIn.staff_id == actor.staff_id,
            SignedIn.expires_at > now,
            *still_used(now),
        )
    )


def _shown(actor: Person, signed_in: SignedIn) -> dict[str, Any]:
    return {
        "id": signed_in.id,
        "created_at": signed_in.created_at,
        "last_used_at": signed_in.last_used_at or signed_in.created_at,
        "expires_at": signed_in.expires_at,
        "network": signed_in.network,
        "factors": signed_in.factors,
        "browser": signed_in.browser,
        "current": signed_in.id == actor.session_id,
    }


def still_theirs() -> tuple[ColumnExpressionArgument[bool], ...]:
    """That a session's member has not been deactivated since it began."""
    return Staff.active, or_(Staff.signed_out_at.is_(None), SignedIn.created_at > Staff.signed_out_at)


def who_am_i(session: Session, actor: Person) -> dict[str, Any]:
    """The signed-in person, their organization and what they may do."""
    member = member_of_today(session, actor, actor.staff_id)
    organization = own_organization(session, actor)
    return {
        "staff": member,
        "organization": organization,
        "has_passkey": has_passkey(session, actor.organization_id, actor.staff_id),
        "confirmation_awaited": organization.unconfirmed_founder_id == member.id,
        **slugs_of(actor)._asdict(),
        "permissions": sorted(actor.permissions),
        "preferences": preferences_of(member),
    }
