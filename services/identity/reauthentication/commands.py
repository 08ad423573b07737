"""Proving once more who somebody is, in the session that asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.identity.login_throttling.commands import ensure_password
from services.identity.passkeys.commands import claimed, prove
from services.identity.passkeys.rules import BadPasskey
from services.identity.sessions.commands import replace_cookie
from services.identity.sessions.rules import PASSKEY, BadCredentials, SessionUnknown
from services.identity.sign_ins.models import SignedIn
from services.identity.staff.queries import one_member
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session, set_tenant


@dataclass(frozen=True, slots=True)
class Reauthentication:
    """One of the two: the password, or what a passkey answered to `POST /sessions/passkey-options`."""

    password: str | None = None
    credential: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Authenticated:
    """When somebody proved who they are; the new token where it is a browser's session."""

    authenticated_at: datetime
    access_token: str | None


def authenticate_again(session: Session, actor: Person, given: Reauthentication) -> Authenticated:
    """Note in the session that asks that its person has just proved who they are.

    A browser gets another token for it, and the present one ends: somebody who planted or copied it gains nothing.
    Raises `BadCredentials`, `BadPasskey`, `TooManyFailures`, `NoDomain`, `SessionUnknown`.
    """
    if given.credential is None:
        member = one_member(session, actor, actor.staff_id)
        ensure_password(session, member, given.password or "", BadCredentials("The password is wrong."))
    else:
        _ensure_own_passkey(session, actor, given.credential)
    signed_in = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if signed_in is None or signed_in.ended_at is not None:  # a change of the password came first
        raise SessionUnknown()
    signed_in.authenticated_at = clock.now()
    token = replace_cookie(signed_in) if signed_in.browser else None
    audit.describe(session, object_id=actor.staff_id, factors=[PASSKEY if given.credential else "password"])
    return Authenticated(signed_in.authenticated_at, token)


def _ensure_own_passkey(session: Session, actor: Person, credential: dict[str, Any]) -> None:
    """Raises `BadPasskey` for what is no proof of a passkey of the person who asks."""
    passkey = claimed(session, credential)
    set_tenant(session, actor.organization_id)
    if passkey is None or (passkey.organization_id, passkey.staff_id) != (actor.organization_id, actor.staff_id):
        raise BadPasskey()
    prove(session, passkey, credential)
