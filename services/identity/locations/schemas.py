"""What location requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.locations.commands import LocationChanges, LocationDetails
from services.identity.organization.schemas import npi
from shared.web.fields import (
    NAME_MAX,
    AddressSchema,
    Phone,
    Stripped,
    TimeZone,
    flag,
    place_of_service,
    text,
)
from shared.web.paging import page_of

ROOMS_MAX = 100


class RoomSchema(Stripped):
    """A room. Leave `id` out for a new one."""

    id = fields.UUID(allow_none=True, load_default=None)
    name = text(NAME_MAX, "As on the door.", required=True)
    capacity = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 1_000),
        metadata={"description": "How many people fit in."},
    )
    active = flag("false: nothing new is booked there.", load_default=True)


class NewLocation(Stripped):
    """A location."""

    name = text(NAME_MAX, "As it appears on the agenda.", required=True)
    address = fields.Nested(AddressSchema, load_default=None, allow_none=True)
    time_zone = TimeZone(load_default=None, allow_none=True, metadata={"description": "Default: the organization's."})
    npi = npi(load_default=None, allow_none=True)
    phone = Phone(load_default=None, allow_none=True)
    place_of_service = place_of_service(load_default="11")
    rooms = fields.List(fields.Nested(RoomSchema), load_default=list, validate=validate.Length(max=ROOMS_MAX))

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> LocationDetails:
        return LocationDetails(**data)


class LocationPatch(Stripped):
    """Changes to a location."""

    name = text(NAME_MAX, "As it appears on the agenda.")
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = TimeZone(allow_none=True, metadata={"description": "null: the organization's."})
    npi = npi(allow_none=True)
    active = flag("false: nothing new is booked there.")
    phone = Phone(allow_none=True)
    place_of_service = place_of_service()
    rooms = fields.List(
        fields.Nested(RoomSchema),
        validate=validate.Length(max=ROOMS_MAX),
        metadata={"description": "All rooms; one that is left out is kept, closed, for what was booked in it."},
    )

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> LocationChanges:
        return LocationChanges(**data)


class LocationSchema(Schema):
    """A location."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    active = fields.Boolean()
    phone = fields.String(allow_none=True)
    place_of_service = fields.String()
    rooms = fields.List(fields.Nested(RoomSchema))


LocationsPage = page_of(LocationSchema)
