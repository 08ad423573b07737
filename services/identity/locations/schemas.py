"""What location requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.organization.schemas import npi
from shared.web.fields import NAME_MAX, AddressSchema, Stripped, TimeZone, flag, text
from shared.web.paging import page_of


class NewLocation(Stripped):
    """A location."""

    name = text(NAME_MAX, "As it appears on the agenda.", required=True)
    address = fields.Nested(AddressSchema, load_default=None, allow_none=True)
    time_zone = TimeZone(load_default=None, allow_none=True, metadata={"description": "Default: the organization's."})
    npi = npi(load_default=None, allow_none=True)


class LocationPatch(Stripped):
    """Changes to a location."""

    name = text(NAME_MAX, "As it appears on the agenda.")
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = TimeZone(allow_none=True, metadata={"description": "null: the organization's."})
    npi = npi(allow_none=True)
    active = flag("false: nothing new is booked there.")


class LocationSchema(Schema):
    """A location."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    active = fields.Boolean()


LocationsPage = page_of(LocationSchema)
