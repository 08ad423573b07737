"""Adding and changing locations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.identity.locations.models import Location
from services.identity.locations.queries import one_location
from services.identity.locations.rules import merged_rooms
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import LocationChanged
from shared.errors import Stale
from shared.ids import new_id_of
from shared.messaging import outbox


def create_location(session: Session, actor: Actor, values: dict[str, Any]) -> Location:
    """A new location."""
    values = {**values, "rooms": merged_rooms(actor.organization_id, [], values["rooms"])}
    location = Location(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        **values,
    )
    session.add(location)
    session.flush()
    _tell(session, location)
    audit.describe(session, object_id=location.id)
    return location


def change_location(
    session: Session, actor: Actor, location_id: UUID, changes: dict[str, Any], if_match: int | None
) -> Location:
    """Merge the given fields; raises `NotFound`, `Stale`."""
    location = one_location(session, actor, location_id, for_update=True)
    if if_match is not None and if_match != location.version:
        raise Stale()
    if not changes:
        return location
    if "rooms" in changes:
        changes = {**changes, "rooms": merged_rooms(actor.organization_id, location.rooms, changes["rooms"])}
    for field, value in changes.items():
        setattr(location, field, value)
    location.version += 1
    _tell(session, location)
    audit.describe(session, fields=sorted(changes))
    return location


def _tell(session: Session, location: Location) -> None:
    outbox.add(
        session,
        LocationChanged(
            organization_id=location.organization_id,
            location_id=location.id,
            version=location.version,
            name=location.name,
            time_zone=location.time_zone,
            active=location.active,
        ),
    )
