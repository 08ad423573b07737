"""What requests about billing profiles and their answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.organization.schemas import npi, tax_id, taxonomy
from shared.web.fields import AddressSchema, Day, Email, Phone, Stripped, text
from shared.web.paging import page_of


class NewBillingProfile(Stripped):
    """What is to be another from a day on; what is not named stays as it was that day."""

    effective_from = Day(required=True, metadata={"description": "The first day it holds; past or coming."})
    name = text(200, "As clients know the practice.")
    legal_name = text(200, "As on contracts and claims.", allow_none=True)
    npi = npi(allow_none=True)
    tax_id = tax_id(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    phone = Phone(allow_none=True)
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class ProfileOnQuery(Schema):
    """Which day."""

    on = Day(load_default=None, metadata={"description": "Default: today in the practice's time zone."})


class BillingProfileSchema(Schema):
    """What the practice prints and bills under, from a day on."""

    version = fields.Integer()
    effective_from = fields.Date(metadata={"description": "1900-01-01: since ever."})
    name = fields.String()
    legal_name = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    fax = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    logo_id = fields.UUID(allow_none=True)
    recorded_by = fields.UUID(allow_none=True, metadata={"description": "null: at sign-up."})
    recorded_at = fields.AwareDateTime()


BillingProfilesPage = page_of(BillingProfileSchema)
