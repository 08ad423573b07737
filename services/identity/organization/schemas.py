"""What organization requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.identity.organization.commands import SettingsChanges
from services.identity.organization.rules import is_npi, is_tax_id, overlapping
from shared.web.fields import (
    AddressSchema,
    Day,
    Email,
    Instant,
    Phone,
    Stored,
    Stripped,
    TimeZone,
    about,
    choice,
    flag,
    text,
)
from shared.web.paging import page_of


def _check_npi(value: str) -> None:
    if not is_npi(value):
        raise ValidationError("Not an NPI: ten digits, the last being the check digit.")


def _check_tax_id(value: str) -> None:
    if not is_tax_id(value):
        raise ValidationError("Give the EIN as 12-3456789.")


def npi(**options: Any) -> fields.String:
    """A National Provider Identifier with a right check digit."""
    return fields.String(validate=_check_npi, **options)


def tax_id(**options: Any) -> fields.String:
    """An employer identification number."""
    return fields.String(validate=_check_tax_id, **options)


def clock_time(description: str, **options: Any) -> fields.String:
    """A time of day to the minute, as clocks show it."""
    pattern = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", error="Give a time as HH:MM.")
    return fields.String(validate=pattern, metadata=about(description), **options)


def number(low: int, high: int, description: str) -> fields.Integer:
    """A whole number from `low` through `high`."""
    return fields.Integer(strict=True, validate=validate.Range(low, high), metadata=about(description))


def taxonomy(**options: Any) -> fields.String:
    """A NUCC provider taxonomy code."""
    return fields.String(
        validate=validate.Regexp(r"^[0-9A-Z]{9}X$", error="Give a ten-character taxonomy code, e.g. 101YM0800X."),
        **options,
    )


HOURS_MAX = 28
_HOURS = (
    "A day without hours is closed; with no hours at all nothing is said of any day. They are read by the clocks of the"
    " location, else of the practice, and what is booked outside of them needs an override."
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AUTHOR_ACCESS_DAYS_MAX = 3_650
AUTHORS = (
    "Days for which somebody who was taken off a case still reads the notes that they signed in it. 0: not at all, as "
    "at first."
)


class HoursSchema(Stripped):
    """From when until when, on one day of the week, by the practice's clocks. A day may have several."""

    weekday = choice(WEEKDAYS, "The day of every week.", required=True)
    opens = clock_time("When it begins, as HH:MM on a clock of 24 hours, such as 08:30.", required=True)
    closes = clock_time("When it ends, as HH:MM, later than `opens`; 24:00 for midnight.", required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["closes"] <= data["opens"]:
            raise ValidationError("Give a time after opens.", "closes")


class HolidaySchema(Stripped):
    """A day on which the practice is closed."""

    on = Day(required=True, metadata=about("The day, in the practice's time zone. Each day once."))
    name = text(100, "What the day is called, such as Thanksgiving.", required=True)


def _do_not_overlap(value: list[dict[str, Any]]) -> None:
    if overlapping(value):
        raise ValidationError("Two of these hours overlap.")


def hours(description: str) -> fields.List[dict[str, str]]:
    """Hours of a week, none of which overlap."""
    return fields.List(
        fields.Nested(HoursSchema),
        validate=[validate.Length(max=HOURS_MAX), _do_not_overlap],
        metadata=about(description),
    )


def _each_day_once(value: list[dict[str, Any]]) -> None:
    if len({holiday["on"] for holiday in value}) != len(value):
        raise ValidationError("Give each day once.")


class OrganizationPatch(Stripped):
    """Changes to the settings. What is left out stays; what prints changes from today on."""

    name = text(200, "The practice as its clients know it.")
    legal_name = text(200, allow_none=True)
    npi = npi(allow_none=True)
    tax_id = tax_id(allow_none=True)
    taxonomy = taxonomy(allow_none=True)
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = TimeZone(
        metadata=about("The practice's time zone, in IANA's naming, for new appointments. Booked ones keep theirs.")
    )
    invoice_prefix = fields.String(
        validate=validate.Regexp(r"^[A-Z0-9-]{0,8}$", error="At most eight capital letters, digits or hyphens."),
        metadata=about("What every invoice number begins with from now on, such as ML- for ML-2026-17."),
    )
    requires_second_factor = flag(
        "Whether everybody has to sign in with a second factor. Only Organization Administration changes this."
    )
    idle_minutes = number(
        5, 30, "Minutes without a request after which a session ends. Only Organization Administration changes this."
    )
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    session_minutes = number(
        5, 480, "The practice's usual length of an appointment in minutes: of a service that is added without one."
    )
    plan_review_days = number(
        7,
        730,
        "Days after which a treatment plan is due for review, from when it takes effect, unless it names a day itself.",
    )
    write_off_limit_cents = number(
        0, 10_000_000, "The most that is written off of an invoice without Administration. 0: nothing, as at first."
    )
    business_hours = hours(f"When the practice is open. {_HOURS}")
    holidays = fields.List(
        fields.Nested(HolidaySchema),
        validate=[validate.Length(max=200), _each_day_once],
        metadata=about("All days on which the practice is closed, past ones too."),
    )
    restricts_administration = flag(
        "Whether Administration opens clinical records of assigned cases only. Only Organization "
        "Administration changes this."
    )
    break_glass_enabled = flag(
        "Whether a clinician may open one unassigned record in an emergency, with a reason. Only "
        "Organization Administration changes this."
    )
    break_glass_minutes = number(
        15, 240, "Minutes for which emergency access opens a record. Only Organization Administration changes this."
    )
    author_access_days = number(
        0,
        AUTHOR_ACCESS_DAYS_MAX,
        f"{AUTHORS} Only Organization Administration changes this.",
    )
    works_alone = flag("Whether nobody else is to join the practice: then adding staff is no open step of `setup`.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> SettingsChanges:
        return SettingsChanges(**data)


class OrganizationChangeSchema(Schema):
    """One change of the settings."""

    version = fields.Integer(metadata=about("The version of the organization that the change made."))
    changed_by = fields.UUID(metadata=about("Id of the member of staff who made the change."))
    changed_at = Instant(metadata=about("When it was changed."))
    changes = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw(), metadata=about("The value before and the value after.")),
        metadata=about("What was changed: name of the field -> value before and value after."),
    )


OrganizationChangesPage = page_of(OrganizationChangeSchema, "Latest first.")


class OrganizationSchema(Schema):
    """The organization (the practice) and its settings, for those who may change them. Others do not see all of it."""

    # What a `PublicOrganizationSchema` has not.
    MAY_BE_ABSENT = (
        "legal_name",
        "npi",
        "tax_id",
        "taxonomy",
        "invoice_prefix",
        "requires_second_factor",
        "plan_review_days",
        "write_off_limit_cents",
        "restricts_administration",
        "break_glass_enabled",
        "works_alone",
    )

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String(metadata=about("The practice as its clients know it."))
    legal_name = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    tax_id = fields.String(
        allow_none=True,
        metadata=about("Employer Identification Number (IRS), as 12-3456789; null where none is on record."),
    )
    taxonomy = fields.String(allow_none=True)
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String()
    invoice_prefix = fields.String(metadata=about("What every invoice number begins with, such as ML- for ML-2026-17."))
    requires_second_factor = fields.Boolean(metadata=about("Whether everybody has to sign in with a second factor."))
    idle_minutes = fields.Integer(metadata=about("Minutes without a request after which a session ends."))
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    session_minutes = fields.Integer(
        metadata=about(
            "The practice's usual length of an appointment in minutes: of a service that is added without one."
        )
    )
    plan_review_days = fields.Integer(
        metadata=about(
            "Days after which a treatment plan is due for review, from when it takes effect, unless it names a day "
            "itself."
        )
    )
    write_off_limit_cents = fields.Integer(
        metadata=about("The most that is written off of an invoice without Administration. 0: nothing, as at first.")
    )
    business_hours = fields.List(
        fields.Nested(HoursSchema),
        metadata=about(f"When the practice is open. {_HOURS}"),
    )
    holidays = fields.List(Stored(HolidaySchema), metadata=about("Days on which the practice is closed, in order."))
    restricts_administration = fields.Boolean(
        metadata=about("Whether Administration opens clinical records of assigned cases only.")
    )
    break_glass_enabled = fields.Boolean(
        metadata=about("Whether a clinician may open one unassigned record in an emergency, with a reason.")
    )
    break_glass_minutes = fields.Integer(metadata=about("Minutes for which emergency access opens a record."))
    author_access_days = fields.Integer(metadata=about(AUTHORS))
    works_alone = fields.Boolean(metadata=about("Whether the practice has said that nobody else is to join it."))


class PublicOrganizationSchema(Schema):
    """The organization (the practice) as everybody on its staff may see it."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String(metadata=about("The practice as its clients know it."))
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    time_zone = fields.String()
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    idle_minutes = fields.Integer(metadata=about("Minutes without a request after which a session ends."))
    break_glass_minutes = fields.Integer(metadata=about("Minutes for which emergency access opens a record."))
    author_access_days = fields.Integer(metadata=about(AUTHORS))
    session_minutes = fields.Integer(
        metadata=about(
            "The practice's usual length of an appointment in minutes: of a service that is added without one."
        )
    )
    business_hours = fields.List(
        fields.Nested(HoursSchema),
        metadata=about("When the practice is open, by its own clocks. A day without hours is closed."),
    )
    holidays = fields.List(Stored(HolidaySchema), metadata=about("Days on which the practice is closed, in order."))
