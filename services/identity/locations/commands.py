"""Adding and changing locations."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.identity.billing_profiles.commands import catch_up, record_first, record_from, record_today
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import show_today
from services.identity.locations.models import Location
from services.identity.locations.queries import one_location
from services.identity.locations.rules import merged_rooms
from services.identity.organization.queries import practice_today
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import LocationChanged
from shared.database.session import Session
from shared.errors import Stale
from shared.ids import new_id_of
from shared.messaging import outbox


def create_location(session: Session, actor: Actor, values: dict[str, Any]) -> Location:
    """A new location; what it prints holds since ever."""
    values = {**values, "rooms": merged_rooms(actor.organization_id, [], values["rooms"])}
    location = Location(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        **values,
    )
    session.add(location)
    session.flush()
    record_first(session, location, actor.staff_id)
    _tell(session, location)
    audit.describe(session, object_id=location.id)
    return location


def change_location(
    session: Session, actor: Actor, location_id: UUID, changes: dict[str, Any], if_match: int | None
) -> Location:
    """Merge the given fields; what is printed is another from today on. Raises `NotFound`, `Stale`."""
    location = one_location(session, actor, location_id, for_update=True)
    if if_match is not None and if_match != location.version:
        raise Stale()
    today = practice_today(session, actor.organization_id)
    if not changes:
        show_today(session, [location], today)
        return location
    if "rooms" in changes:
        changes = {**changes, "rooms": merged_rooms(actor.organization_id, location.rooms, changes["rooms"])}
    record_today(session, actor, location, changes, today)
    for field, value in changes.items():
        setattr(location, field, value)
    catch_up(session, location, today)
    location.version += 1
    _tell(session, location)
    audit.describe(session, fields=sorted(changes))
    return location


def print_from(
    session: Session, actor: Actor, location_id: UUID, effective_from: date, changes: dict[str, Any]
) -> BillingProfile:
    """Say what a location prints from a day on; the row follows where that is so today.

    Raises `NotFound`, `NothingPrinted`.
    """
    location = one_location(session, actor, location_id, for_update=True)
    profile = record_from(session, actor, location, effective_from, changes)
    if catch_up(session, location, practice_today(session, actor.organization_id)):
        location.version += 1
        _tell(session, location)
    audit.describe(session, object_id=location.id)
    return profile


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
