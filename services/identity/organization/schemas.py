"""What organization requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.identity.organization.commands import SettingsChanges
from services.identity.organization.rules import is_npi, is_tax_id, overlapping
from shared.web.fields import AddressSchema, Email, Phone, Stripped, TimeZone, choice, flag, text
from shared.web.paging import page_of


def _check_npi(value: str) -> None:
    if not is_npi(value):
        raise ValidationError("Not an NPI: ten digits, the last being the check digit.")


def _check_tax_id(value: str) -> None:
    if not is_tax_id(value):
        raise ValidationError("Give the EIN as 12-3456789.")


def npi(**options: Any) -> fields.String:
    """A National Provider Identifier with a right check digit."""
    return fields.String(validate=_check_npi, metadata={"description": "National Provider Identifier."}, **options)


def tax_id(**options: Any) -> fields.String:
    """An employer identification number."""
    return fields.String(validate=_check_tax_id, metadata={"description": "EIN, 12-3456789."}, **options)


def clock_time(description: str, **options: Any) -> fields.String:
    """A time of day to the minute, as clocks show it."""
    pattern = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", error="Give a time as HH:MM.")
    return fields.String(validate=pattern, metadata={"description": description}, **options)


def number(low: int, high: int, description: str) -> fields.Integer:
    """A whole number from `low` through `high`."""
    return fields.Integer(strict=True, validate=validate.Range(low, high), metadata={"description": description})


def taxonomy(**options: Any) -> fields.String:
    """A NUCC provider taxonomy code."""
    return fields.String(
        validate=validate.Regexp(r"^[0-9A-Z]{9}X$", error="Give a ten-character taxonomy code, e.g. 101YM0800X."),
        metadata={"description": "NUCC provider taxonomy code."},
        **options,
    )


HOURS_MAX = 28
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class HoursSchema(Stripped):
    """From when until when, on one day of the week. A day may have several."""

    weekday = choice(WEEKDAYS, "Day of the week.", required=True)
    opens = clock_time("For example 08:30.", required=True)
    closes = clock_time("After opens; 24:00 for midnight.", required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["closes"] <= data["opens"]:
            raise ValidationError("Give a time after opens.", "closes")


class HolidaySchema(Stripped):
    """A day on which the practice is closed."""

    on = fields.Date(required=True)
    name = text(100, "For example Thanksgiving.", required=True)


def _do_not_overlap(value: list[dict[str, Any]]) -> None:
    if overlapping(value):
        raise ValidationError("Two of these hours overlap.")


def hours(description: str) -> fields.List[dict[str, str]]:
    """Hours of a week, none of which overlap."""
    return fields.List(
        fields.Nested(HoursSchema),
        validate=[validate.Length(max=HOURS_MAX), _do_not_overlap],
        metadata={"description": description},
    )


def _each_day_once(value: list[dict[str, Any]]) -> None:
    if len({holiday["on"] for holiday in value}) != len(value):
        raise ValidationError("Give each day once.")


class OrganizationPatch(Stripped):
    """Changes to the settings."""

    name = text(200, "As clients know the practice.")
    legal_name = text(200, "As on contracts and claims.", allow_none=True)
    npi = npi(allow_none=True)
    tax_id = tax_id(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = TimeZone(metadata={"description": "For new appointments; existing ones keep theirs."})
    invoice_prefix = fields.String(
        validate=validate.Regexp(r"^[A-Z0-9-]{0,8}$", error="At most eight capital letters, digits or hyphens."),
        metadata={"description": "Begins every invoice number."},
    )
    requires_second_factor = flag("Whether everybody signs in with a second factor. Organization Administration's.")
    idle_minutes = number(5, 30, "How long a session may lie idle. Organization Administration's.")
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    session_minutes = number(5, 480, "How long an appointment is unless something else is said.")
    plan_review_days = number(7, 730, "After how many days a treatment plan is due for review.")
    write_off_limit_cents = number(0, 10_000_000, "Up to how much Billing writes off without approval.")
    business_hours = hours("When the practice is open; a day without hours is closed.")
    holidays = fields.List(fields.Nested(HolidaySchema), validate=[validate.Length(max=200), _each_day_once])
    restricts_administration = flag("Administration opens clinical records of assigned cases only.")
    break_glass_enabled = flag("Whether a clinician may open one unassigned record in an emergency, with a reason.")
    break_glass_minutes = number(15, 240, "For how long.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> SettingsChanges:
        return SettingsChanges(**data)


class OrganizationChangeSchema(Schema):
    """One change of settings."""

    version = fields.Integer(metadata={"description": "The organization's version that it made."})
    changed_by = fields.UUID()
    changed_at = fields.AwareDateTime()
    changes = fields.Dict(metadata={"description": "Field -> [before, after]."})


OrganizationChangesPage = page_of(OrganizationChangeSchema)


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
    requires_second_factor = fields.Boolean()
    idle_minutes = fields.Integer()
    fax = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    session_minutes = fields.Integer()
    plan_review_days = fields.Integer()
    write_off_limit_cents = fields.Integer()
    business_hours = fields.List(fields.Nested(HoursSchema))
    holidays = fields.List(fields.Dict())
    restricts_administration = fields.Boolean()
    break_glass_enabled = fields.Boolean()
    break_glass_minutes = fields.Integer()


class PublicOrganizationSchema(Schema):
    """The organization as everybody on the staff may see it: what is on the door."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    phone = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String()
    fax = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    session_minutes = fields.Integer()
    business_hours = fields.List(fields.Nested(HoursSchema))
    holidays = fields.List(fields.Dict())
