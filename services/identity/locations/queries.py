"""Reading locations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.billing_profiles.queries import show_today
from services.identity.locations.models import Location
from services.identity.organization.queries import practice_today
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def one_location(session: Session, actor: Caller, location_id: UUID, *, for_update: bool = False) -> Location:
    """A location of the actor's organization; raises `NotFound`."""
    statement = select(Location).where(Location.organization_id == actor.organization_id, Location.id == location_id)
    location = session.scalars(statement.with_for_update() if for_update else statement).first()
    if location is None:
        raise NotFound()
    return location


def location_of_today(session: Session, actor: Caller, location_id: UUID) -> Location:
    """A location with the billing profile in force today, also where it was recorded ahead. Raises `NotFound`."""
    location = one_location(session, actor, location_id)
    show_today(session, [location], practice_today(session, actor.organization_id))
    return location


def list_locations(
    session: Session, actor: Caller, limit: int, cursor: str | None, ids: Sequence[UUID] | None
) -> dict[str, Any]:
    """One page of locations of today, by the name that they had when they were last changed; `ids`: only these."""
    statement = select(Location).where(Location.organization_id == actor.organization_id)
    if ids is not None:
        statement = statement.where(Location.id.in_(ids))
    page = paginate(session, statement, [Location.sort_key, Location.id], limit=limit, cursor=cursor)
    show_today(session, page["items"], practice_today(session, actor.organization_id))
    return page
