"""Reading the organization."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.billing_profiles.queries import show_today
from services.identity.organization.models import Organization, OrganizationChange
from shared import clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import paginate


def own_organization(session: Session, actor: Caller, *, for_update: bool = False) -> Organization:
    """The actor's organization; locked until the end of the transaction when `for_update`.

    The lock leaves its key alone, so rows that refer to the organization are written meanwhile, and before it is taken.
    """
    statement = select(Organization).where(Organization.organization_id == actor.organization_id)
    return session.scalars(statement.with_for_update(key_share=True) if for_update else statement).one()


def practice_today(session: Session, organization_id: UUID) -> date:
    """Today in the practice's time zone: the day on which a billing profile begins."""
    return clock.today(session.get_one(Organization, organization_id).time_zone)


def settings_of_today(session: Session, actor: Caller, *, for_update: bool = False) -> Organization:
    """The actor's organization with the billing profile in force today, also where it was recorded ahead."""
    organization = own_organization(session, actor, for_update=for_update)
    show_today(session, [organization], clock.today(organization.time_zone))
    return organization


def settings_history(session: Session, actor: Person, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the changes of settings, latest first."""
    statement = select(OrganizationChange).where(OrganizationChange.organization_id == actor.organization_id)
    keys = [OrganizationChange.version]
    return paginate(session, statement, keys, limit=limit, cursor=cursor, descending=True)
