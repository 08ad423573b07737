"""What requests about billing profiles and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from services.identity.billing_profiles.commands import ProfileChanges
from services.identity.billing_profiles.models import BillingProfile
from services.identity.organization.schemas import npi, tax_id, taxonomy
from services.identity.staff.schemas import credentials
from shared.web.fields import NAME_MAX, AddressSchema, Day, Email, Phone, Stripped, place_of_service, text
from shared.web.paging import page_of


class _NewProfile(Stripped):
    """What is to be another from a day on; what is not named stays as it was that day."""

    effective_from = Day(required=True, metadata={"description": "The first day it holds; past or coming."})
    npi = npi(allow_none=True)

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ProfileChanges:
        return ProfileChanges(data.pop("effective_from"), data)


class NewBillingProfile(_NewProfile):
    """What the practice is to print and bill under from a day on; what is not named stays as it was that day."""

    name = text(200, "As clients know the practice.")
    legal_name = text(200, "As on contracts and claims.", allow_none=True)
    tax_id = tax_id(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    phone = Phone(allow_none=True)
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class NewLocationBillingProfile(_NewProfile):
    """What a location is to print from a day on; what is not named stays as it was that day."""

    name = text(NAME_MAX, "As it appears on the agenda.")
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    place_of_service = place_of_service()


class NewStaffBillingProfile(_NewProfile):
    """What a member of staff is to print and bill under from a day on; what is not named stays as it was that day."""

    given_name = text(NAME_MAX, "Given name.")
    family_name = text(NAME_MAX, "Family name.")
    credentials = credentials()
    taxonomy = taxonomy(allow_none=True)


class ProfileOnQuery(Schema):
    """Which day."""

    on = Day(load_default=None, metadata={"description": "Default: today in the practice's time zone."})


class _ProfileSchema(Schema):
    version = fields.Integer()
    effective_from = fields.Date(metadata={"description": "1900-01-01: from the beginning."})
    npi = fields.String(allow_none=True)
    recorded_by = fields.UUID(allow_none=True, metadata={"description": "null: at sign-up."})
    recorded_at = fields.AwareDateTime()

    @pre_dump
    def with_what_is_printed(self, profile: BillingProfile, **_: Any) -> dict[str, Any]:
        """The row's own fields beside those that it has printed."""
        own = ("version", "effective_from", "logo_id", "recorded_by", "recorded_at")
        return {**profile.printed, **{name: getattr(profile, name) for name in own}}


class BillingProfileSchema(_ProfileSchema):
    """What the practice prints and bills under, from a day on."""

    name = fields.String()
    legal_name = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    fax = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    logo_id = fields.UUID(allow_none=True)


class LocationBillingProfileSchema(_ProfileSchema):
    """What a location prints, from a day on."""

    name = fields.String()
    phone = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    place_of_service = fields.String()


class StaffBillingProfileSchema(_ProfileSchema):
    """What a member of staff prints and bills under, from a day on."""

    given_name = fields.String()
    family_name = fields.String()
    credentials = fields.List(fields.String())
    taxonomy = fields.String(allow_none=True)


BillingProfilesPage = page_of(BillingProfileSchema)
LocationBillingProfilesPage = page_of(LocationBillingProfileSchema)
StaffBillingProfilesPage = page_of(StaffBillingProfileSchema)
