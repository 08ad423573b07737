"""Setting a second factor up, using it, taking it away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update

from services.identity.config import sealer
from services.identity.credentials import hash_token
from services.identity.guesses.commands import Guesses, Whose, ensure_password
from services.identity.mail.commands import send_later
from services.identity.organization.models import Organization
from services.identity.organization.queries import own_organization
from services.identity.passkeys import commands as passkeys
from services.identity.passkeys.models import Passkey
from services.identity.passkeys.queries import has_passkey, own_passkey, passkeys_of
from services.identity.passkeys.rules import BadPasskey
from services.identity.second_factors import rules
from services.identity.second_factors.models import Authenticator, RecoveryCode
from services.identity.sign_ins.models import SignedIn
from services.identity.staff.models import Staff
from services.identity.staff.queries import access_of, ensure_may_change, one_member
from shared import audit, clock
from shared.actor import Actor
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
            return self.app is not None and _use_step(session, self.app, totp_code)
        used = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.organization_id == self.organization_id,
                RecoveryCode.staff_id == self.staff_id,
                RecoveryCode.code_hash == hash_token(rules.normalised_recovery_code(recovery_code or "")),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
            .returning(RecoveryCode.code_hash)
        )
        return used.first() is not None


def second_factor_of(session: Session, organization_id: UUID, staff_id: UUID) -> SecondFactor | None:
    """Somebody's second factor, None without one that was confirmed."""
    row = session.get(Authenticator, (organization_id, staff_id), with_for_update=True)
    app = row if row is not None and row.confirmed_at is not None else None
    if app is None and not has_passkey(session, organization_id, staff_id):
        return None
    return SecondFactor(organization_id, staff_id, app)


def set_up(session: Session, actor: Actor, proof: Proof) -> dict[str, Any]:
    """A fresh secret for the app, shown once; in force when confirmed. Raises `AlreadyOn`, what `proven` does."""
    member = proven(session, actor, proof)
    row = session.get(Authenticator, (member.organization_id, member.id), with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise rules.AlreadyOn()
    secret = pyotp.random_base32()
    sealed = sealer(session).seal(secret.encode(), _belongs_to(member.organization_id, member.id))
    if row is None:
        row = Authenticator(organization_id=member.organization_id, staff_id=member.id)
        session.add(row)
    row.sealed_secret, row.last_step, row.created_at = sealed, None, clock.now()
    audit.describe(session, object_id=member.id)
    name = own_organization(session, actor).name
    return {"secret": secret, "provisioning_uri": rules.provisioning_uri(secret, member.email, name)}


def confirm(session: Session, actor: Actor, code: str) -> list[str]:
    """Turn the app on with its first code; returns the recovery codes, shown once.

    Raises `NotOn` where it was not set up, too long ago, or before a passkey came; `AlreadyOn`, `WrongCode`,
    `TooManyFailures`.
    """
    assert actor.staff_id is not None
    member = one_member(session, actor, actor.staff_id)
    me = Whose(member.organization_id, member.id)
    guesses = Guesses.of(session, member.email, [me])
    guesses.may_be_guessed([me])
    set_tenant(session, member.organization_id)
    row = session.get(Authenticator, me, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise rules.AlreadyOn()
    if row is None or clock.now() - row.created_at > rules.SET_UP_WITHIN or _came_since(session, row):
        raise rules.NotOn("Set your authenticator app up first.")
    step = rules.accepted_step(_secret_of(session, row), code, None, clock.now())
    if step is None:
        guesses.count()
        set_tenant(session, member.organization_id)
        raise rules.WrongCode()
    row.confirmed_at, row.last_step = clock.now(), step
    _strengthen(session, actor, "totp")
    audit.describe(session, object_id=row.staff_id)
    _tell(session, member, rules.APP_ON)
    return _fresh_recovery_codes(session, row.organization_id, row.staff_id)


def renew_recovery_codes(session: Session, actor: Actor, proof: Proof) -> list[str]:
    """Ten new codes; the old ones work no more. Raises `NotOn`, what `proven` does."""
    member = proven(session, actor, proof)
    if second_factor_of(session, member.organization_id, member.id) is None:
        raise rules.NotOn()
    audit.describe(session, object_id=member.id)
    _tell(session, member, rules.CODES_RENEWED)
    return _fresh_recovery_codes(session, member.organization_id, member.id)


def turn_off(session: Session, actor: Actor, proof: Proof) -> None:
    """Without the app again. Raises `NotOn`, `Mandatory`, what `proven` does."""
    member = proven(session, actor, proof)
    second = second_factor_of(session, member.organization_id, member.id)
    if second is None or second.app is None:
        raise rules.NotOn()
    if not has_passkey(session, member.organization_id, member.id):
        _ensure_may_do_without(session, actor)
    session.delete(second.app)
    _tell(session, member, rules.APP_OFF)
    _forget_unneeded_codes(session, member)
    audit.describe(session, object_id=member.id)


def offer_passkey(session: Session, actor: Actor, proof: Proof) -> dict[str, Any]:
    """What the browser needs to make a passkey. Raises `TooManyPasskeys`, `NoDomain`, what `proven` does."""
    member = proven(session, actor, proof)
    audit.describe(session, object_id=member.id)
    return {"public_key": passkeys.offer(session, actor, member, _standing(session, member))}


def add_passkey(session: Session, actor: Actor, name: str, credential: dict[str, Any]) -> dict[str, Any]:
    """Keep a passkey; where it is the first second factor, with recovery codes, shown once.

    Raises `PasskeyNotMade`, `TooManyPasskeys`, `NoDomain`.
    """
    assert actor.staff_id is not None
    member = one_member(session, actor, actor.staff_id, for_update=True)
    first = second_factor_of(session, member.organization_id, member.id) is None
    passkey = passkeys.add(session, member, name, credential, _standing(session, member))
    codes = _fresh_recovery_codes(session, member.organization_id, member.id) if first else []
    _strengthen(session, actor, "passkey")
    audit.describe(session, object_id=passkey.id)
    _tell(session, member, rules.PASSKEY_ADDED)
    shown = ("id", "name", "synced", "created_at", "last_used_at")
    return {**{field: getattr(passkey, field) for field in shown}, "recovery_codes": codes}


def rename_passkey(session: Session, actor: Actor, passkey_id: UUID, name: str) -> Passkey:
    """Another name for one of one's own. Raises `NotFound`."""
    passkey = own_passkey(session, actor, passkey_id)
    passkey.name = name
    return passkey


def remove_passkey(session: Session, actor: Actor, passkey_id: UUID, proof: Proof) -> None:
    """Without this passkey from now on. Raises `NotFound`, `Mandatory`, what `proven` does."""
    passkey = own_passkey(session, actor, passkey_id)
    member = proven(session, actor, proof)
    session.delete(passkey)
    session.flush()
    _tell(session, member, rules.PASSKEY_REMOVED)
    if second_factor_of(session, member.organization_id, member.id) is None:
        _ensure_may_do_without(session, actor)
    _forget_unneeded_codes(session, member)


def reset_for(session: Session, actor: Actor, staff_id: UUID) -> None:
    """An administrator takes lost second factors away, all of them.

    Raises `NotFound`, `NotOn`, `OwnSecondFactor`, what `ensure_may_manage` does.
    """
    if staff_id == actor.staff_id:
        raise rules.OwnSecondFactor()
    member = one_member(session, actor, staff_id, for_update=True)
    ensure_may_change(session, actor, member, access_of(member), access_of(member))
    if second_factor_of(session, member.organization_id, member.id) is None:
        raise rules.NotOn("This member has no second factor.")
    for model in (RecoveryCode, Authenticator, Passkey):
        session.execute(
            delete(model).where(model.organization_id == member.organization_id, model.staff_id == member.id)
        )
    member.signed_out_at = clock.now()
    _tell(session, member, rules.TAKEN_AWAY)
    audit.describe(session, object_id=member.id)


def state_of(session: Session, actor: Actor) -> dict[str, Any]:
    """Which second factors the signed-in person has, and how many recovery codes are left."""
    assert actor.staff_id is not None
    row = session.get(Authenticator, (actor.organization_id, actor.staff_id))
    left = session.scalar(
        select(func.count()).where(
            RecoveryCode.organization_id == actor.organization_id,
            RecoveryCode.staff_id == actor.staff_id,
            RecoveryCode.used_at.is_(None),
        )
    )
    return {
        "totp": row is not None and row.confirmed_at is not None,
        "passkeys": passkeys_of(session, actor.organization_id, actor.staff_id),
        "recovery_codes_left": left,
        "required": own_organization(session, actor).requires_second_factor,
    }


def proven(session: Session, actor: Actor, proof: Proof) -> Staff:
    """The signed-in person, locked, who has shown once more that it is them: by the password, and by a second factor
    where they have one. So whoever stole a session, or knows the password, gains nothing that lasts.

    Raises `WrongPassword`, `ProofWanted`, `WrongCode`, `TooManyFailures`.
    """
    assert actor.staff_id is not None
    member = one_member(session, actor, actor.staff_id)
    guesses = ensure_password(session, member, proof.password, rules.WrongPassword())
    member = one_member(session, actor, actor.staff_id, for_update=True)
    second = second_factor_of(session, member.organization_id, member.id)
    if second is None:
        return member
    if not (proof.totp_code or proof.recovery_code or proof.credential):
        raise rules.ProofWanted()
    if not _shows(session, second, proof):
        guesses.count()
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


def _standing(session: Session, member: Staff) -> bytes:
    """What second factors somebody has, as 32 bytes: what was begun without one is not finished beside another."""
    app = session.get(Authenticator, (member.organization_id, member.id))
    has = [str(passkey.id) for passkey in passkeys_of(session, member.organization_id, member.id)]
    has += [str(app.confirmed_at)] if app is not None and app.confirmed_at is not None else []
    return hashlib.sha256("\n".join(has).encode()).digest()


def _came_since(session: Session, row: Authenticator) -> bool:
    """Whether there is a passkey that came after an app was set up: setting it up did not ask for that one."""
    return any(one.created_at > row.created_at for one in passkeys_of(session, row.organization_id, row.staff_id))


def _tell(session: Session, member: Staff, what: str) -> None:
    """Whoever changes how somebody signs in is not always that somebody: they hear of it."""
    practice = session.get_one(Organization, member.organization_id)
    values = {"organization": practice.name, "what": what}
    send_later(session, member.organization_id, member.email, "second_factors_changed", values, rules.NOTICE_USEFUL)


def _strengthen(session: Session, actor: Actor, factor: str) -> None:
    """The session that showed a new factor has two from now on: whoever had to set one up goes on at once."""
    begun = session.get(SignedIn, (actor.organization_id, actor.session_id), with_for_update=True)
    if begun is not None:
        begun.factors = [*begun.factors, factor]


def _ensure_may_do_without(session: Session, actor: Actor) -> None:
    if own_organization(session, actor).requires_second_factor:
        raise rules.Mandatory()


def _fresh_recovery_codes(session: Session, organization_id: UUID, staff_id: UUID) -> list[str]:
    _forget_codes(session, organization_id, staff_id)
    codes = rules.fresh_recovery_codes()
    for code in codes:
        row = RecoveryCode(organization_id=organization_id, staff_id=staff_id, code_hash=hash_token(code), used_at=None)
        session.add(row)
    return codes


def _forget_unneeded_codes(session: Session, member: Staff) -> None:
    """Codes stand in for a second factor: without one they are nothing."""
    session.flush()
    if second_factor_of(session, member.organization_id, member.id) is None:
        _forget_codes(session, member.organization_id, member.id)


def _forget_codes(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    session.execute(
        delete(RecoveryCode).where(RecoveryCode.organization_id == organization_id, RecoveryCode.staff_id == staff_id)
    )


def _use_step(session: Session, app: Authenticator, code: str) -> bool:
    """Whether the app shows this code now; it is not taken a second time."""
    step = rules.accepted_step(_secret_of(session, app), code, app.last_step, clock.now())
    if step is None:
        return False
    app.last_step = step
    session.flush()
    return True


def _secret_of(session: Session, row: Authenticator) -> str:
    return sealer(session).open(row.sealed_secret, _belongs_to(row.organization_id, row.staff_id)).decode()


def _belongs_to(organization_id: UUID, staff_id: UUID) -> bytes:
    return organization_id.bytes + staff_id.bytes
