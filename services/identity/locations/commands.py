"""Adding and changing locations."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from services.identity.billing_profiles.commands import (
    ProfileChanges,
    catch_up,
    record_first,
    record_from,
    record_today,
)
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import show_today
from services.identity.locations.models import Location
from services.identity.locations.queries import one_location
from services.identity.locations.rules import merged_rooms
from services.identity.organization.queries import practice_today
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset
from shared.contracts.identity import LocationChanged
from shared.database.session import Session
from shared.ids import new_id_of
from shared.messaging import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationDetails:
    """A new location. `rooms` are rows of id (None: a new room), name, capacity and active."""

    name: str
    address: dict[str, Any] | None
    time_zone: str | None
    npi: str | None
    phone: str | None
    place_of_service: str
    rooms: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationChanges(Changes):
    """Changes to a location. `rooms` are all of its rooms; one that is left out is closed."""

    name: str | Unset = UNSET
    address: dict[str, Any] | Unset | None = UNSET
    time_zone: str | Unset | None = UNSET
    npi: str | Unset | None = UNSET
    active: bool | Unset = UNSET
    phone: str | Unset | None = UNSET
    place_of_service: str | Unset = UNSET
    rooms: list[dict[str, Any]] | Unset = UNSET


def create_location(session: Session, actor: Person, details: LocationDetails) -> Location:
    """A new location; its billing profile has no beginning. Raises `Invalid` for rooms of which two are the same."""
    columns = asdict(replace(details, rooms=merged_rooms(actor.organization_id, [], details.rooms)))
    location = Location(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        **columns,
    )
    session.add(location)
    session.flush()
    record_first(session, location, actor.staff_id)
    _tell(session, location)
    audit.describe(session, object_id=location.id)
    return location


def change_location(session: Session, actor: Person, location_id: UUID, changes: LocationChanges) -> Location:
    """Merge the given fields; what is printed is another from today on. Raises `NotFound`."""
    location = one_location(session, actor, location_id, for_update=True)
    today = practice_today(session, actor.organization_id)
    if changes.rooms is not UNSET:
        changes = replace(changes, rooms=merged_rooms(actor.organization_id, location.rooms, changes.rooms))
    given = changes.given()
    if not given:
        show_today(session, [location], today)
        return location
    record_today(session, actor, location, given, today)
    for field, value in given.items():
        setattr(location, field, value)
    catch_up(session, location, today)
    location.version += 1
    _tell(session, location)
    audit.describe(session, fields=sorted(given))
    return location


def print_from(session: Session, actor: Person, location_id: UUID, changes: ProfileChanges) -> BillingProfile:
    """Say what a location prints from a day on; the row follows where that is in force today.

    Raises `NotFound`, `NothingPrinted`.
    """
    location = one_location(session, actor, location_id, for_update=True)
    profile = record_from(session, actor, location, changes)
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
            place_of_service=location.place_of_service,
        ),
    )
