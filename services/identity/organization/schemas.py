"""What organization requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.identity.organization.rules import is_npi, is_tax_id
from shared.web.fields import AddressSchema, Phone, Stripped, TimeZone, text


def _check_npi(value: str) -> None:
    if not is_npi(value):
        raise ValidationError("Not an NPI: ten digits, the last being the check digit.")


def _check_tax_id(value: str) -> None:
    if not is_tax_id(value):
        raise ValidationError("Give the EIN as 12-3456789.")


def npi(**options: Any) -> fields.String:
    """A National Provider Identifier with a right check digit."""
    return fields.String(validate=_check_npi, metadata={"description": "National Provider Identifier."}, **options)


def taxonomy(**options: Any) -> fields.String:
    """A NUCC provider taxonomy code."""
    return fields.String(
        validate=validate.Regexp(r"^[0-9A-Z]{9}X$", error="Give a ten-character taxonomy code, e.g. 101YM0800X."),
        metadata={"description": "NUCC provider taxonomy code."},
        **options,
    )


class OrganizationPatch(Stripped):
    """Changes to the settings."""

    name = text(200, "As clients know the practice.")
    legal_name = text(200, "As on contracts and claims.", allow_none=True)
    npi = npi(allow_none=True)
    tax_id = fields.String(allow_none=True, validate=_check_tax_id, metadata={"description": "EIN, 12-3456789."})
    taxonomy = taxonomy(allow_none=True)
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = TimeZone(metadata={"description": "For new appointments; existing ones keep theirs."})
    invoice_prefix = fields.String(
        validate=validate.Regexp(r"^[A-Z0-9-]{0,8}$", error="At most eight capital letters, digits or hyphens."),
        metadata={"description": "Begins every invoice number."},
    )


class OrganizationSchema(Schema):
    """The organization as its staff see it."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    legal_name = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True, metadata={"description": "Only for those who may change settings."})
    taxonomy = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String()
    invoice_prefix = fields.String()


class PublicOrganizationSchema(Schema):
    """The organization as everybody on the staff may see it: what is on the door."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    phone = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String()
