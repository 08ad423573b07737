"""Reading the organization."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.identity.billing_profiles.queries import show_today
from services.identity.organization.models import Organization, OrganizationChange
from shared.actor import Actor
from shared.database.session import Session
from shared.web.paging import paginate


def own_organization(session: Session, actor: Actor, *, for_update: bool = False) -> Organization:
    """The actor's organization; locked until the end of the transaction when `for_update`."""
    statement = select(Organization).where(Organization.organization_id == actor.organization_id)
    return session.scalars(statement.with_for_update() if for_update else statement).one()


def settings_of_today(session: Session, actor: Actor, *, for_update: bool = False) -> Organization:
    """As above, with what is printed as of today: a version that was recorded ahead takes effect by itself."""
    found = own_organization(session, actor, for_update=for_update)
    show_today(session, [found])
    return found


def settings_history(session: Session, actor: Actor, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the changes of settings, latest first."""
    statement = select(OrganizationChange).where(OrganizationChange.organization_id == actor.organization_id)
    keys = [OrganizationChange.version]
    return paginate(session, statement, keys, limit=limit, cursor=cursor, descending=True)
