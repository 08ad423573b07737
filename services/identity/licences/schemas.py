"""What licence requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.identity.licences.commands import LicenceChanges
from services.identity.staff.schemas import LicenceSchema
from shared.web.fields import Day, Stripped, about


class LicencePatch(Stripped):
    """Other dates of a licence."""

    issued_on = Day(allow_none=True, metadata=about("The first day it is in force; null: always was."))
    expires_on = Day(metadata=about("The last day it is in force."))

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> LicenceChanges:
        return LicenceChanges(**data)


class OneLicenceSchema(LicenceSchema):
    """A licence to practise, with its id."""

    id = fields.UUID()


class LicencesSchema(Schema):
    """All licences of a member of staff, the one that runs longest first."""

    items = fields.List(fields.Nested(OneLicenceSchema))
