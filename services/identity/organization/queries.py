"""Reading the organization."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.organization.models import Organization
from shared.actor import Actor


def own_organization(session: Session, actor: Actor, *, for_update: bool = False) -> Organization:
    """The actor's organization; locked until the end of the transaction when `for_update`."""
    statement = select(Organization).where(Organization.organization_id == actor.organization_id)
    return session.scalars(statement.with_for_update() if for_update else statement).one()
