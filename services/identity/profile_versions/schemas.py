"""What requests about billing profiles and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from services.identity.billing_profiles.commands import ProfileChanges
from services.identity.billing_profiles.models import BillingProfile
from services.identity.organization.schemas import npi, tax_id, taxonomy
from services.identity.staff.schemas import credentials
from shared.web.fields import (
    NAME_MAX,
    AddressSchema,
    Day,
    Email,
    Instant,
    Phone,
    Stripped,
    about,
    place_of_service,
    text,
)
from shared.web.paging import page_of


class _NewProfile(Stripped):
    """What is to be another from a day on; what is not named stays as it was that day."""

    effective_from = Day(
        required=True,
        metadata=about("First day on which it holds, past or coming: a day of issue or a date of service."),
    )
    npi = npi(allow_none=True)

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ProfileChanges:
        return ProfileChanges(data.pop("effective_from"), data)


class NewBillingProfile(_NewProfile):
    """What the practice prints and bills under from a day on. What is left out stays as it was on that day."""

    name = text(200, "The practice as its clients know it.")
    legal_name = text(200, allow_none=True)
    tax_id = tax_id(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    phone = Phone(allow_none=True)
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class NewLocationBillingProfile(_NewProfile):
    """What a location prints from a day on. What is left out stays as it was on that day."""

    name = text(NAME_MAX, "Name of the location as it prints.")
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    place_of_service = place_of_service()


class NewStaffBillingProfile(_NewProfile):
    """What a member of staff prints and bills under from a day on. What is left out stays as it was on that day."""

    given_name = text(NAME_MAX)
    family_name = text(NAME_MAX)
    credentials = credentials()
    taxonomy = taxonomy(allow_none=True)


class ProfileOnQuery(Schema):
    """Which day."""

    on = Day(
        load_default=None,
        metadata=about("The day whose version is asked for. Default: today, in the practice's time zone."),
    )


class _ProfileSchema(Schema):
    version = fields.Integer(
        metadata=about(
            "Number of the version, rising in the order in which they were recorded. Of two for one "
            "day the higher holds."
        )
    )
    effective_from = fields.Date(
        metadata=about("First day on which it holds: a day of issue or a date of service. 1900-01-01: always.")
    )
    npi = fields.String(allow_none=True)
    recorded_by = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who recorded it; null: it came with sign-up.")
    )
    recorded_at = Instant(metadata=about("When it was recorded."))

    @pre_dump
    def with_what_is_printed(self, profile: BillingProfile, **_: Any) -> dict[str, Any]:
        """The row's own fields beside those that it has printed."""
        own = ("version", "effective_from", "logo_id", "recorded_by", "recorded_at")
        return {**profile.printed, **{name: getattr(profile, name) for name in own}}


class BillingProfileSchema(_ProfileSchema):
    """What the practice prints and bills under, from a day on until the next version."""

    name = fields.String(metadata=about("The practice as its clients know it."))
    legal_name = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    phone = Phone(allow_none=True)
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    logo_id = fields.UUID(
        allow_none=True,
        metadata=about("Id of the logo that prints; null: none. `GET /organization/logo` answers the picture."),
    )


class LocationBillingProfileSchema(_ProfileSchema):
    """What a location prints, from a day on until the next version."""

    name = fields.String(metadata=about("Name of the location as it prints."))
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    place_of_service = place_of_service()


class StaffBillingProfileSchema(_ProfileSchema):
    """What a member of staff prints and bills under, from a day on until the next version."""

    given_name = fields.String()
    family_name = fields.String()
    credentials = credentials()
    taxonomy = fields.String(allow_none=True)


BillingProfilesPage = page_of(BillingProfileSchema, "Last recorded first.")
LocationBillingProfilesPage = page_of(LocationBillingProfileSchema, "Last recorded first.")
StaffBillingProfilesPage = page_of(StaffBillingProfileSchema, "Last recorded first.")
