"""The endpoints of locations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.locations import commands, queries
from services.identity.locations.commands import LocationChanges, LocationDetails
from services.identity.locations.models import Location
from services.identity.locations.schemas import LocationPatch, LocationSchema, LocationsPage, NewLocation
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import ListQuery
from shared.web.routes import Route


def post_location(session: Session, actor: Person, body: LocationDetails) -> Location:
    """Add a location

    Adds a place where appointments happen, with the rooms that can be booked there.
    """
    return commands.create_location(session, actor, body)


def get_locations(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List locations

    Inactive locations are included.
    """
    return queries.list_locations(session, actor, **query)


def get_location(session: Session, actor: Caller, location_id: UUID) -> Location:
    """Read a location

    Shows the location with what it prints today.
    """
    return queries.location_of_today(session, actor, location_id)


def patch_location(session: Session, actor: Person, location_id: UUID, body: LocationChanges) -> Location:
    """Change a location

    Fields that are left out stay. What the location prints changes from today on. An inactive location can no
    longer be booked.
    """
    return commands.change_location(session, actor, location_id, body)


_ALL = "/api/v1/locations"
_ONE = "/api/v1/locations/{location_id}"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "locations:create",
        post_location,
        body=NewLocation,
        response=LocationSchema,
        status=201,
        makes="/api/v1/locations/{location_id}",
        example={
            "name": "Mill Lane",
            "address": {"line1": "12 Mill Lane", "city": "Albany", "state": "NY", "postal_code": "12207-1234"},
            "rooms": [{"name": "Blue room"}],
        },
    ),
    Route("GET", _ALL, "locations:read", get_locations, query=ListQuery, response=LocationsPage),
    Route("GET", _ONE, "locations:read", get_location, response=LocationSchema),
    Route(
        "PATCH",
        _ONE,
        "locations:update",
        patch_location,
        body=LocationPatch,
        response=LocationSchema,
        changes=queries.one_location,
        example={"name": "Mill Lane, second floor"},
    ),
)
