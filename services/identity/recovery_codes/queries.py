"""Counting recovery codes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from services.identity.recovery_codes.models import RecoveryCode
from shared.database.session import Session


def recovery_codes_left(session: Session, organization_id: UUID, staff_id: UUID) -> int:
    """How many of a member's codes have not been used."""
    statement = select(func.count()).where(
        RecoveryCode.organization_id == organization_id,
        RecoveryCode.staff_id == staff_id,
        RecoveryCode.used_at.is_(None),
    )
    return session.scalar(statement) or 0
