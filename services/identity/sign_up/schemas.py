"""What sign-up looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.organization.schemas import OrganizationSchema
from services.identity.passwords.schemas import password
from services.identity.sign_up.commands import Administrator, SignUp
from services.identity.staff.schemas import MemberSchema
from shared.web.fields import NAME_MAX, Email, Stripped, TimeZone, about, text


class NewAdministrator(Stripped):
    """The person who signs the practice up, and its first administrator."""

    given_name = text(NAME_MAX, required=True)
    family_name = text(NAME_MAX, required=True)
    email = Email(required=True, validate=validate.Length(max=254), metadata=about("The address to sign in with."))
    password = password(required=True)

    @post_load
    def _administrator(self, data: dict[str, Any], **_: Any) -> Administrator:
        return Administrator(**data)


class NewOrganization(Stripped):
    """A practice to sign up."""

    name = text(200, "The practice as its clients know it.", required=True)
    time_zone = TimeZone(required=True)
    administrator = fields.Nested(
        NewAdministrator, required=True, metadata=about("The first member of staff, with every permission.")
    )

    @post_load
    def _sign_up(self, data: dict[str, Any], **_: Any) -> SignUp:
        return SignUp(**data)


class SignedUpSchema(Schema):
    """The new organization and its first administrator."""

    organization = fields.Nested(OrganizationSchema, metadata=about("The new organization with its settings."))
    staff = fields.Nested(MemberSchema, metadata=about("The first member of staff."))
