"""What staff requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.identity.organization.schemas import HoursSchema, hours, npi, taxonomy
from services.identity.staff.commands import MemberChanges, MemberDetails, OwnProfileChanges
from services.identity.staff.rules import SUPERVISION_MODES, LicenceDetails
from shared import permissions
from shared.web.fields import NAME_MAX, Day, Email, Phone, Stripped, choice, flag, text
from shared.web.paging import PageQuery, page_of


def levels_of(**options: Any) -> fields.List[Any]:
    """A list of permission levels."""
    return fields.List(
        fields.String(validate=validate.OneOf(list(permissions.LEVELS))),
        validate=validate.Length(max=len(permissions.LEVELS)),
        metadata={"description": "Permission levels; `default` is implied."},
        **options,
    )


def grants_of(**options: Any) -> fields.List[Any]:
    """A list of grants."""
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
    issued_on = Day(load_default=None, allow_none=True)
    expires_on = Day(required=True, metadata={"description": "The last day it is in force."})

    @validates_schema
    def check_period(self, data: dict[str, Any], **_: Any) -> None:
        """A licence cannot expire before it was issued."""
        if data.get("issued_on") and data.get("expires_on") and data["issued_on"] > data["expires_on"]:
            raise ValidationError("It expires before it was issued.", "expires_on")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> LicenceDetails:
        return LicenceDetails(**data)


COLOUR = validate.Regexp(r"^#[0-9a-fA-F]{6}$", error="Give a colour as #rrggbb.")


def credentials(**options: Any) -> fields.List[Any]:
    """What stands behind the name."""
    return fields.List(
        text(20, "e.g. LCSW."),
        validate=validate.Length(max=10),
        metadata={"description": "After the name, in order."},
        **options,
    )


class _Own(Stripped):
    phone = Phone(allow_none=True)
    pronouns = text(40, "As they say.", allow_none=True)
    colour = fields.String(allow_none=True, validate=COLOUR, metadata={"description": "On the calendar, #rrggbb."})
    working_hours = hours("When they work, in the practice's time zone; a day without hours is free.")


class _Profile(_Own):
    job_title = text(NAME_MAX, "e.g. Clinical director.", allow_none=True)
    credentials = credentials()
    supervision_mode = choice(
        SUPERVISION_MODES, "What the supervisor does: sees, approves or co-signs.", allow_none=True
    )
    npi = npi(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    licence = fields.Nested(LicenceSchema, allow_none=True)
    supervisor_id = fields.UUID(allow_none=True)


class NewMember(_Profile):
    """Somebody to invite."""

    given_name = text(NAME_MAX, "Given name.", required=True)
    family_name = text(NAME_MAX, "Family name.", required=True)
    email = Email(required=True, validate=validate.Length(max=254))
    levels = levels_of(required=True)
    grants = grants_of(load_default=list)

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> MemberDetails:
        return MemberDetails(**data)


class MemberPatch(_Profile):
    """Changes to a member of staff."""

    given_name = text(NAME_MAX, "Given name.")
    family_name = text(NAME_MAX, "Family name.")
    email = Email(validate=validate.Length(max=254))
    levels = levels_of()
    grants = grants_of()
    active = flag("false: signed out everywhere at once, nothing is deleted.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> MemberChanges:
        return MemberChanges(**data)


class OwnProfile(_Own):
    """What everybody may change about themselves."""

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> OwnProfileChanges:
        return OwnProfileChanges(**data)


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
    pronouns = fields.String(allow_none=True)
    colour = fields.String(allow_none=True)
    job_title = fields.String(allow_none=True)
    credentials = fields.List(fields.String())
    working_hours = fields.List(fields.Nested(HoursSchema))
    supervisor_id = fields.UUID(allow_none=True)
    supervision_mode = fields.String(allow_none=True)
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
    pronouns = fields.String(allow_none=True)
    colour = fields.String(allow_none=True)
    job_title = fields.String(allow_none=True)
    credentials = fields.List(fields.String())
    working_hours = fields.List(fields.Nested(HoursSchema))
    levels = fields.List(fields.String())
    active = fields.Boolean()


class StaffQuery(PageQuery):
    """Which staff."""

    active = fields.Boolean(load_default=None, metadata={"description": "Only active or only deactivated ones."})


StaffPage = page_of(MemberSchema)
