"""Adding, naming and removing one's own passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.identity.passkey_enrolment import rules
from services.identity.passkeys import commands as passkeys
from services.identity.passkeys.models import Passkey
from services.identity.passkeys.queries import own_passkey
from services.identity.recovery_codes.commands import replace_recovery_codes
from services.identity.second_factors.commands import (
    Proof,
    ensure_may_do_without,
    forget_unneeded_codes,
    notify_owner,
    proven,
    second_factor_of,
    strengthen_session,
)
from services.identity.second_factors.queries import standing
from services.identity.sessions.commands import next_cookie
from services.identity.staff.queries import one_member
from shared import audit
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class MadePasskey:
    """A passkey that the browser has made: its name, and what the device says of it."""

    name: str
    credential: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyChanges(Changes):
    """Changes to a passkey."""

    name: str | Unset = UNSET


def offer_passkey(session: Session, actor: Person, proof: Proof) -> dict[str, Any]:
    """What the browser needs to make a passkey. Raises `TooManyPasskeys`, `NoDomain`, what `proven` does."""
    member = proven(session, actor, proof)
    audit.describe(session, object_id=member.id)
    return {"public_key": passkeys.offer(session, actor, member, standing(session, member))}


def add_passkey(session: Session, actor: Person, made: MadePasskey) -> dict[str, Any]:
    """Keep a passkey; where it is the first second factor, with recovery codes, shown once; with the next token.

    Raises `PasskeyNotMade`, `TooManyPasskeys`, `NoDomain`.
    """
    member = one_member(session, actor, actor.staff_id, for_update=True)
    first = second_factor_of(session, member.organization_id, member.id) is None
    passkey = passkeys.add(session, member, made.name, made.credential, standing(session, member))
    codes = replace_recovery_codes(session, member.organization_id, member.id) if first else []
    strengthen_session(session, actor, "passkey")
    audit.describe(session, object_id=passkey.id)
    notify_owner(session, member, rules.PASSKEY_ADDED)
    shown = ("id", "name", "synced", "created_at", "last_used_at")
    stored = {field: getattr(passkey, field) for field in shown}
    return {**stored, "recovery_codes": codes, "access_token": next_cookie(session, actor)}


def change_passkey(session: Session, actor: Person, passkey_id: UUID, changes: PasskeyChanges) -> Passkey:
    """Another name for one of one's own. Raises `NotFound`."""
    passkey = own_passkey(session, actor, passkey_id, for_update=True)
    for name, value in changes.given().items():
        setattr(passkey, name, value)
    return passkey


def remove_passkey(session: Session, actor: Person, passkey_id: UUID, proof: Proof) -> str | None:
    """Without this passkey from now on; returns the browser's next token, if any.

    Raises `NotFound`, `Mandatory`, what `proven` does.
    """
    passkey = own_passkey(session, actor, passkey_id, for_update=True)
    member = proven(session, actor, proof)
    session.delete(passkey)
    session.flush()
    notify_owner(session, member, rules.PASSKEY_REMOVED)
    if second_factor_of(session, member.organization_id, member.id) is None:
        ensure_may_do_without(session, actor)
    forget_unneeded_codes(session, member)
    return next_cookie(session, actor)
