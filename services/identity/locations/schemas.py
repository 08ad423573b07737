"""What location requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.locations.commands import LocationChanges, LocationDetails
from services.identity.organization.schemas import npi
from shared.web.fields import NAME_MAX, AddressSchema, Phone, Stripped, TimeZone, about, flag, place_of_service, text
from shared.web.paging import page_of
from shared.web.strict_fields import Id

ROOMS_MAX = 100


class RoomSchema(Stripped):
    """A room of a location."""

    id = Id(allow_none=True, load_default=None, metadata=about("Id of the room. Leave it out for a new one."))
    name = text(NAME_MAX, "Name of the room as on its door, each once per location.", required=True)
    capacity = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 1_000),
        metadata=about("How many people fit in; null where nobody has counted."),
    )
    active = flag("false: the room is closed, and nothing new is booked there.", load_default=True)


class NewLocation(Stripped):
    """A place where the practice sees clients."""

    name = text(NAME_MAX, "Name of the location as the agenda shows it.", required=True)
    address = fields.Nested(AddressSchema, load_default=None, allow_none=True)
    time_zone = TimeZone(
        load_default=None,
        allow_none=True,
        metadata=about("Time zone in IANA's naming, such as America/New_York. null: the organization's."),
    )
    npi = npi(load_default=None, allow_none=True)
    phone = Phone(load_default=None, allow_none=True)
    place_of_service = place_of_service(load_default="11")
    rooms = fields.List(
        fields.Nested(RoomSchema),
        load_default=list,
        validate=validate.Length(max=ROOMS_MAX),
        metadata=about("Its rooms, without ids."),
    )

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> LocationDetails:
        return LocationDetails(**data)


class LocationPatch(Stripped):
    """Changes to a location. What is left out stays; what prints changes from today on."""

    name = text(NAME_MAX, "Name of the location as the agenda shows it.")
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = TimeZone(
        allow_none=True,
        metadata=about(
            "Time zone in IANA's naming, for new appointments; booked ones keep theirs. null: the organization's."
        ),
    )
    npi = npi(allow_none=True)
    active = flag("false: the location is closed, and nothing new is booked there.")
    phone = Phone(allow_none=True)
    place_of_service = place_of_service()
    rooms = fields.List(
        fields.Nested(RoomSchema),
        validate=validate.Length(max=ROOMS_MAX),
        metadata=about("All rooms from now on. One that is left out is closed and kept, for what was booked in it."),
    )

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> LocationChanges:
        return LocationChanges(**data)


class LocationSchema(Schema):
    """A place where the practice sees clients, as it prints today."""

    id = Id()
    version = fields.Integer()
    name = fields.String(metadata=about("Name of the location as the agenda shows it."))
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String(
        allow_none=True,
        metadata=about("Time zone in IANA's naming, such as America/New_York. null: the organization's."),
    )
    npi = fields.String(allow_none=True)
    active = fields.Boolean(metadata=about("false: the location is closed, and nothing new is booked there."))
    phone = Phone(allow_none=True)
    place_of_service = place_of_service()
    rooms = fields.List(fields.Nested(RoomSchema), metadata=about("Its rooms, closed ones too."))


LocationsPage = page_of(LocationSchema, "By name.")
