"""What licence requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.identity.licences.commands import LicenceChanges
from services.identity.staff.schemas import LicenceSchema
from shared.web.fields import Day, Stripped


class LicencePatch(Stripped):
    """Changes to a licence."""

    issued_on = Day(allow_none=True)
    expires_on = Day()

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> LicenceChanges:
        return LicenceChanges(**data)


class OneLicenceSchema(LicenceSchema):
    """A licence with its id."""

    id = fields.UUID()


class LicencesSchema(Schema):
    """All licences of one member, the one that runs longest first."""

    items = fields.List(fields.Nested(OneLicenceSchema))
