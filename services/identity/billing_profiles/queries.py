"""Which profile is in force on a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.billing_profiles.models import BillingProfile
from shared.actor import Actor
from shared.web.paging import paginate


def in_force(session: Session, organization_id: UUID, on: date) -> BillingProfile:
    """The profile of that day: the latest beginning on or before it, of several for one day the last recorded."""
    statement = (
        select(BillingProfile)
        .where(BillingProfile.organization_id == organization_id, BillingProfile.effective_from <= on)
        .order_by(BillingProfile.effective_from.desc(), BillingProfile.version.desc())
        .limit(1)
    )
    return session.scalars(statement).one()


def latest_version(session: Session, organization_id: UUID) -> int:
    """How many versions there are."""
    statement = select(BillingProfile.version).where(BillingProfile.organization_id == organization_id)
    return session.scalars(statement.order_by(BillingProfile.version.desc()).limit(1)).first() or 0


def all_versions(session: Session, actor: Actor, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of versions, coming ones included, last recorded first."""
    statement = select(BillingProfile).where(BillingProfile.organization_id == actor.organization_id)
    return paginate(session, statement, [BillingProfile.version], limit=limit, cursor=cursor, descending=True)
