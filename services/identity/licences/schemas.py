"""What licence requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.staff.schemas import LicenceSchema
from shared.web.fields import Day, Stripped


class LicencePatch(Stripped):
    """Changes to a licence."""

    issued_on = Day(allow_none=True)
    expires_on = Day()


class OneLicenceSchema(LicenceSchema):
    """A licence with its id."""

    id = fields.UUID()


class LicencesSchema(Schema):
    """All licences of one member, the one that runs longest first."""

    items = fields.List(fields.Nested(OneLicenceSchema))
