"""Proof with a second factor, and what every change of one entails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from services.identity.authenticator_apps.commands import use_app_code
from services.identity.authenticator_apps.models import Authenticator
from services.identity.authenticator_apps.queries import confirmed_app
from services.identity.login_throttling.commands import ensure_password
from services.identity.mail.commands import send_later
from services.identity.organization.models import Organization
from services.identity.organization.queries import own_organization
from services.identity.passkeys import commands as passkeys
from services.identity.passkeys.models import Passkey
from services.identity.passkeys.queries import has_passkey
from services.identity.passkeys.rules import BadPasskey
from services.identity.recovery_codes.commands import forget_recovery_codes, replace_recovery_codes, use_recovery_code
from services.identity.second_factors import rules
from services.identity.sign_ins.models import SignedIn
from services.identity.staff.models import Staff
from services.identity.staff.queries import access_of, ensure_may_change, one_member
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session, set_tenant


@dataclass(frozen=True, slots=True)
class Proof:
    """That it is them: the password, and of the second factor one."""

    password: str
    totp_code: str | None = None
    recovery_code: str | None = None
    credential: dict[str, Any] | None = None  # the answer of a passkey to `POST /sessions/passkey-options`


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What a member has beside the password: a confirmed authenticator app (locked), passkeys, or both."""

    organization_id: UUID
    staff_id: UUID
    app: Authenticator | None

    @property
    def accepted(self) -> tuple[str, ...]:
        """What a sign-in by password may come with."""
        return ("totp_code", "recovery_code") if self.app else ("recovery_code",)

    def accepts(self, session: Session, totp_code: str | None, recovery_code: str | None) -> bool:
        """Whether the code is good; a good one is used up."""
        if totp_code:
            return self.app is not None and use_app_code(session, self.app, totp_code)
        return use_recovery_code(session, self.organization_id, self.staff_id, recovery_code or "")


def second_factor_of(session: Session, organization_id: UUID, staff_id: UUID) -> SecondFactor | None:
    """Somebody's second factor, None without one that was confirmed."""
    app = confirmed_app(session, organization_id, staff_id, for_update=True)
    if app is None and not has_passkey(session, organization_id, staff_id):
        return None
    return SecondFactor(organization_id, staff_id, app)


def proven(session: Session, actor: Person, proof: Proof) -> Staff:
    """The signed-in person, locked, who has shown once more that it is them: by the password, and by a second factor
    where they have one. So somebody who stole a session, or knows the password, gains nothing that lasts.

    Raises `WrongPassword`, `ProofWanted`, `WrongCode`, `TooManyFailures`.
    """
    member = one_member(session, actor, actor.staff_id)
    throttle = ensure_password(session, member, proof.password, rules.WrongPassword())
    member = one_member(session, actor, actor.staff_id, for_update=True)
    second = second_factor_of(session, member.organization_id, member.id)
    if second is None:
        return member
    if not (proof.totp_code or proof.recovery_code or proof.credential):
        raise rules.ProofWanted()
    if not _shows(session, second, proof):
        throttle.count_failure()
        set_tenant(session, member.organization_id)
        raise rules.WrongCode()
    return member


def _shows(session: Session, second: SecondFactor, proof: Proof) -> bool:
    if not proof.credential:
        return second.accepts(session, proof.totp_code, proof.recovery_code)
    passkey = passkeys.claimed(session, proof.credential)
    set_tenant(session, second.organization_id)
    if passkey is None or (passkey.organization_id, passkey.staff_id) != (second.organization_id, second.staff_id):
        return False
    try:
        passkeys.prove(session, passkey, proof.credential)
    except BadPasskey:
        return False
    return True


def renew_recovery_codes(session: Session, actor: Person, proof: Proof) -> list[str]:
    """Ten new codes; the old ones stop working. Raises `NotOn`, what `proven` does."""
    member = proven(session, actor, proof)
    if second_factor_of(session, member.organization_id, member.id) is None:
        raise rules.NotOn()
    audit.describe(session, object_id=member.id)
    notify_owner(session, member, rules.CODES_RENEWED)
    return replace_recovery_codes(session, member.organization_id, member.id)


def reset_for(session: Session, actor: Person, staff_id: UUID) -> None:
    """An administrator takes lost second factors away, all of them.

    Raises `NotFound`, `NotOn`, `OwnSecondFactor`, what `ensure_may_manage` does.
    """
    if staff_id == actor.staff_id:
        raise rules.OwnSecondFactor()
    member = one_member(session, actor, staff_id, for_update=True)
    ensure_may_change(session, actor, member, access_of(member), access_of(member))
    if second_factor_of(session, member.organization_id, member.id) is None:
        raise rules.NotOn("This member has no second factor.")
    forget_recovery_codes(session, member.organization_id, member.id)
    for model in (Authenticator, Passkey):
        session.execute(
            delete(model).where(model.organization_id == member.organization_id, model.staff_id == member.id)
        )
    member.signed_out_at = clock.now()
    notify_owner(session, member, rules.TAKEN_AWAY)
    audit.describe(session, object_id=member.id)


def notify_owner(session: Session, member: Staff, what: str) -> None:
    """Mail the account's owner that a second factor changed; it may not have been them."""
    practice = session.get_one(Organization, member.organization_id)
    values = {"organization": practice.name, "what": what}
    send_later(session, member.organization_id, member.email, "second_factors_changed", values, rules.NOTICE_USEFUL)


def strengthen_session(session: Session, actor: Person, factor: str) -> None:
    """Mark this session as two-factor, so that somebody who had to set one up need not sign in again."""
    begun = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if begun is not None:
        begun.factors = [*begun.factors, factor]


def ensure_may_do_without(session: Session, actor: Person) -> None:
    """Raises `Mandatory` where the organization wants everybody to have a second factor."""
    if own_organization(session, actor).requires_second_factor:
        raise rules.Mandatory()


def forget_unneeded_codes(session: Session, member: Staff) -> None:
    """Codes stand in for a second factor: without one they are deleted."""
    session.flush()
    if second_factor_of(session, member.organization_id, member.id) is None:
        forget_recovery_codes(session, member.organization_id, member.id)
