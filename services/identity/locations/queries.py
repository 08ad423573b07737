"""Reading locations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.locations.models import Location
from shared.actor import Actor
from shared.errors import NotFound
from shared.web.paging import paginate


def one_location(session: Session, actor: Actor, location_id: UUID, *, for_update: bool = False) -> Location:
    """A location of the actor's organization; raises `NotFound`."""
    statement = select(Location).where(Location.organization_id == actor.organization_id, Location.id == location_id)
    found = session.scalars(statement.with_for_update() if for_update else statement).first()
    if found is None:
        raise NotFound()
    return found


def list_locations(session: Session, actor: Actor, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of locations by name."""
    statement = select(Location).where(Location.organization_id == actor.organization_id)
    return paginate(session, statement, [Location.name, Location.id], limit=limit, cursor=cursor)
