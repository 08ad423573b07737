"""Making recovery codes, using one up, forgetting them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, update

from services.identity.recovery_codes import rules
from services.identity.recovery_codes.models import RecoveryCode
from services.identity.tokens.rules import hash_token
from shared import clock
from shared.database.session import Session


def replace_recovery_codes(session: Session, organization_id: UUID, staff_id: UUID) -> list[str]:
    """Ten fresh codes in place of those that a member had. They are shown once: only their hashes are kept."""
    forget_recovery_codes(session, organization_id, staff_id)
    codes = rules.fresh_recovery_codes()
    for code in codes:
        row = RecoveryCode(organization_id=organization_id, staff_id=staff_id, code_hash=hash_token(code), used_at=None)
        session.add(row)
    return codes


def use_recovery_code(session: Session, organization_id: UUID, staff_id: UUID, code: str) -> bool:
    """Whether it is one of the member's codes; a good one is used up."""
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.organization_id == organization_id,
            RecoveryCode.staff_id == staff_id,
            RecoveryCode.code_hash == hash_token(rules.normalised_recovery_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.code_hash)
    )
    return used.first() is not None


def forget_recovery_codes(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    """Delete all codes of a member."""
    session.execute(
        delete(RecoveryCode).where(RecoveryCode.organization_id == organization_id, RecoveryCode.staff_id == staff_id)
    )
