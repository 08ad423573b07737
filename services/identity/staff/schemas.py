"""What staff requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.identity.organization.schemas import npi, taxonomy
from shared import permissions
from shared.web.fields import NAME_MAX, Email, Phone, Stripped, flag, text
from shared.web.paging import PageQuery, page_of


def _levels(**options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.OneOf(list(permissions.LEVELS))),
        validate=validate.Length(max=len(permissions.LEVELS)),
        metadata={"description": "Permission levels; `default` is implied."},
        **options,
    )


def _grants(**options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.OneOf(list(permissions.GRANTS))),
        validate=validate.Length(max=len(permissions.GRANTS)),
        metadata={"description": "Single permissions on top of the levels; `assigned_only` narrows."},
        **options,
    )


class LicenceSchema(Stripped):
    """A licence to practise."""

    number = text(50, "As printed.", required=True)
    state = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Z]{2}$", error="Give the two-letter code, e.g. NY.")
    )
    issued_on = fields.Date(load_default=None, allow_none=True)
    expires_on = fields.Date(required=True, metadata={"description": "The last day it is in force."})

    @validates_schema
    def check_period(self, data: dict[str, Any], **_: Any) -> None:
        """It can not expire before it was issued."""
        if data.get("issued_on") and data.get("expires_on") and data["issued_on"] > data["expires_on"]:
            raise ValidationError("It expires before it was issued.", "expires_on")


class _Profile(Stripped):
    phone = Phone(allow_none=True)
    npi = npi(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    licence = fields.Nested(LicenceSchema, allow_none=True)
    supervisor_id = fields.UUID(allow_none=True)


class NewMember(_Profile):
    """Somebody to invite."""

    given_name = text(NAME_MAX, "Given name.", required=True)
    family_name = text(NAME_MAX, "Family name.", required=True)
    email = Email(required=True, validate=validate.Length(max=254))
    levels = _levels(required=True)
    grants = _grants(load_default=list)


class MemberPatch(_Profile):
    """Changes to a member of staff."""

    given_name = text(NAME_MAX, "Given name.")
    family_name = text(NAME_MAX, "Family name.")
    email = Email(validate=validate.Length(max=254))
    levels = _levels()
    grants = _grants()
    active = flag("false: signed out everywhere at once, nothing is deleted.")


class MemberSchema(Schema):
    """A member of staff."""

    id = fields.UUID()
    version = fields.Integer()
    given_name = fields.String()
    family_name = fields.String()
    email = fields.String()
    phone = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    supervisor_id = fields.UUID(allow_none=True)
    licence = fields.Nested(LicenceSchema, allow_none=True, metadata={"description": "The one that runs longest."})
    licences = fields.List(fields.Nested(LicenceSchema))
    levels = fields.List(fields.String())
    grants = fields.List(fields.String())
    active = fields.Boolean()
    joined = fields.Boolean(metadata={"description": "Whether the invitation was accepted."})


class ColleagueSchema(Schema):
    """A member of staff as every colleague may see them."""

    id = fields.UUID()
    version = fields.Integer()
    given_name = fields.String()
    family_name = fields.String()
    email = fields.String()
    phone = fields.String(allow_none=True)
    levels = fields.List(fields.String())
    active = fields.Boolean()


class StaffQuery(PageQuery):
    """Which staff."""

    active = fields.Boolean(load_default=None, metadata={"description": "Only active or only deactivated ones."})


StaffPage = page_of(MemberSchema)
