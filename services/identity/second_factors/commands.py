"""Setting a second factor up, using it, taking it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from services.identity.credentials import hash_token
from services.identity.guesses.commands import ensure_password
from services.identity.organization.queries import own_organization
from services.identity.second_factors import rules
from services.identity.second_factors.models import Authenticator, RecoveryCode
from services.identity.staff.models import Staff
from services.identity.staff.queries import access_of, ensure_may_change, one_member
from shared import audit, clock
from shared.actor import Actor
from shared.sealing import Sealer


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A confirmed authenticator app, locked."""

    row: Authenticator

    def accepts(self, session: Session, totp_code: str | None, recovery_code: str | None) -> bool:
        """Whether the code is good; a good one is used up."""
        if totp_code:
            step = rules.accepted_step(_secret_of(session, self.row), totp_code, self.row.last_step, clock.now())
            if step is not None:
                self.row.last_step = step
                session.flush()
            return step is not None
        used = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.organization_id == self.row.organization_id,
                RecoveryCode.staff_id == self.row.staff_id,
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
    return SecondFactor(row) if row is not None and row.confirmed_at is not None else None


def set_up(session: Session, actor: Actor, password: str) -> dict[str, Any]:
    """A fresh secret for the app, shown once; in force when confirmed. Raises `WrongPassword`, `AlreadyOn`."""
    member = _authenticated(session, actor, password)
    row = session.get(Authenticator, (member.organization_id, member.id), with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise rules.AlreadyOn()
    secret = pyotp.random_base32()
    sealed = _sealer(session).seal(secret.encode(), _belongs_to(member.organization_id, member.id))
    if row is None:
        row = Authenticator(organization_id=member.organization_id, staff_id=member.id)
        session.add(row)
    row.sealed_secret, row.last_step, row.created_at = sealed, None, clock.now()
    audit.describe(session, object_id=member.id)
    name = own_organization(session, actor).name
    return {"secret": secret, "provisioning_uri": rules.provisioning_uri(secret, member.email, name)}


def confirm(session: Session, actor: Actor, code: str) -> list[str]:
    """Turn the app on with its first code; returns the recovery codes, shown once. Raises `WrongCode`, `NotOn`."""
    row = session.get(Authenticator, (actor.organization_id, actor.staff_id), with_for_update=True)
    if row is None:
        raise rules.NotOn("Set your authenticator app up first.")
    if row.confirmed_at is not None:
        raise rules.AlreadyOn()
    step = rules.accepted_step(_secret_of(session, row), code, None, clock.now())
    if step is None:
        raise rules.WrongCode()
    row.confirmed_at, row.last_step = clock.now(), step
    audit.describe(session, object_id=row.staff_id)
    return _fresh_recovery_codes(session, row)


def renew_recovery_codes(session: Session, actor: Actor, password: str) -> list[str]:
    """Ten new codes; the old ones work no more. Raises `WrongPassword`, `NotOn`."""
    member = _authenticated(session, actor, password)
    second = second_factor_of(session, member.organization_id, member.id)
    if second is None:
        raise rules.NotOn()
    audit.describe(session, object_id=member.id)
    return _fresh_recovery_codes(session, second.row)


def turn_off(session: Session, actor: Actor, password: str, totp_code: str | None, recovery_code: str | None) -> None:
    """Without a second factor again. Raises `WrongPassword`, `NotOn`, `Mandatory`, `WrongCode`."""
    member = _authenticated(session, actor, password)
    second = second_factor_of(session, member.organization_id, member.id)
    if second is None:
        raise rules.NotOn()
    if own_organization(session, actor).requires_second_factor:
        raise rules.Mandatory()
    if not second.accepts(session, totp_code, recovery_code):
        raise rules.WrongCode()
    _remove(session, member)
    audit.describe(session, object_id=member.id)


def reset_for(session: Session, actor: Actor, staff_id: UUID) -> None:
    """An administrator takes a lost second factor away. Raises `NotFound`, `NotOn`, what `ensure_may_manage` does."""
    member = one_member(session, actor, staff_id, for_update=True)
    ensure_may_change(session, actor, member, access_of(member), access_of(member))
    if session.get(Authenticator, (member.organization_id, member.id), with_for_update=True) is None:
        raise rules.NotOn("This member has no second factor.")
    _remove(session, member)
    member.signed_out_at = clock.now()
    audit.describe(session, object_id=member.id)


def state_of(session: Session, actor: Actor) -> dict[str, Any]:
    """Whether the signed-in person has a second factor, and how many recovery codes are left."""
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
        "recovery_codes_left": left,
        "required": own_organization(session, actor).requires_second_factor,
    }


def _authenticated(session: Session, actor: Actor, password: str) -> Staff:
    assert actor.staff_id is not None
    member = one_member(session, actor, actor.staff_id, for_update=True)
    ensure_password(session, member, password, rules.WrongPassword())
    return member


def _fresh_recovery_codes(session: Session, row: Authenticator) -> list[str]:
    session.execute(
        delete(RecoveryCode).where(
            RecoveryCode.organization_id == row.organization_id, RecoveryCode.staff_id == row.staff_id
        )
    )
    codes = rules.fresh_recovery_codes()
    for code in codes:
        session.add(
            RecoveryCode(
                organization_id=row.organization_id, staff_id=row.staff_id, code_hash=hash_token(code), used_at=None
            )
        )
    return codes


def _remove(session: Session, member: Staff) -> None:
    for model in (RecoveryCode, Authenticator):
        session.execute(
            delete(model).where(model.organization_id == member.organization_id, model.staff_id == member.id)
        )


def _secret_of(session: Session, row: Authenticator) -> str:
    return _sealer(session).open(row.sealed_secret, _belongs_to(row.organization_id, row.staff_id)).decode()


def _sealer(session: Session) -> Sealer:
    sealer: Sealer = session.info["sealer"]
    return sealer


def _belongs_to(organization_id: UUID, staff_id: UUID) -> bytes:
    return organization_id.bytes + staff_id.bytes
