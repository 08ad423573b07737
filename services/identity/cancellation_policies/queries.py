"""Reading cancellation policies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.cancellation_policies.models import CancellationPolicy
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def latest_version(session: Session, actor: Person) -> CancellationPolicy | None:
    """The newest version, in force or not yet; None before the first."""
    statement = (
        select(CancellationPolicy)
        .where(CancellationPolicy.organization_id == actor.organization_id)
        .order_by(CancellationPolicy.version.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def one_version(session: Session, actor: Caller, policy_id: UUID) -> CancellationPolicy:
    """One version; raises `NotFound`."""
    policy = session.get(CancellationPolicy, (actor.organization_id, policy_id))
    if policy is None:
        raise NotFound()
    return policy


def all_versions(session: Session, actor: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of versions, newest first."""
    statement = select(CancellationPolicy).where(CancellationPolicy.organization_id == actor.organization_id)
    keys = [CancellationPolicy.version]
    return paginate(session, statement, keys, limit=limit, cursor=cursor, descending=True)
