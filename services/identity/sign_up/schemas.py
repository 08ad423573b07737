"""What sign-up looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.organization.schemas import OrganizationSchema
from services.identity.passwords.schemas import password
from services.identity.sign_up.commands import Administrator, SignUp
from services.identity.staff.schemas import MemberSchema
from shared.web.fields import NAME_MAX, Email, Stripped, TimeZone, text


class NewAdministrator(Stripped):
    """The person who signs the practice up."""

    given_name = text(NAME_MAX, "Given name.", required=True)
    family_name = text(NAME_MAX, "Family name.", required=True)
    email = Email(required=True, validate=validate.Length(max=254))
    password = password(required=True)

    @post_load
    def _administrator(self, data: dict[str, Any], **_: Any) -> Administrator:
        return Administrator(**data)


class NewOrganization(Stripped):
    """Sign-up."""

    name = text(200, "As clients know the practice.", required=True)
    time_zone = TimeZone(required=True)
    administrator = fields.Nested(NewAdministrator, required=True)

    @post_load
    def _sign_up(self, data: dict[str, Any], **_: Any) -> SignUp:
        return SignUp(**data)


class SignedUpSchema(Schema):
    """The new organization and its first administrator."""

    organization = fields.Nested(OrganizationSchema)
    staff = fields.Nested(MemberSchema)
