"""Fields that many schemas share, each with its limits."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from marshmallow import Schema, ValidationError, fields, pre_load, validate

from shared import clock
from shared.errors import Invalid

NAME_MAX = 100
REGION = "US"
# They make a text read otherwise than it is stored (UAX 9: embeddings, overrides, isolates), or break lines unseen.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

# CMS place of service code set: the settings that a therapy practice works in.
PLACES_OF_SERVICE = {
    "02": "telehealth, not in the client's home",
    "03": "school",
    "04": "homeless shelter",
    "10": "telehealth in the client's home",
    "11": "office",
    "12": "home",
    "13": "assisted living facility",
    "14": "group home",
    "31": "skilled nursing facility",
    "32": "nursing facility",
    "49": "independent clinic",
    "52": "psychiatric facility, partial hospitalization",
    "53": "community mental health center",
    "55": "residential substance abuse treatment facility",
    "57": "non-residential substance abuse treatment facility",
    "99": "other",
}


class Stripped(Schema):
    """Base of schemas for what comes in: text loses the blanks around it before it is looked at."""

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Strings without leading and trailing blanks."""
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


def one_line(value: str) -> None:
    """Raises `ValidationError` for line breaks, control characters and what turns the direction of writing over."""
    _refuse(value, "")


def several_lines(value: str) -> None:
    r"""Raises `ValidationError` like `one_line`, but lets `\n` and tabs pass."""
    _refuse(value, "\n\t")


def _refuse(value: str, allowed: str) -> None:
    if any((category(one) == "Cc" and one not in allowed) or one in TURNING for one in value):
        raise ValidationError("Has characters that cannot be seen or that turn the text around.")


def text(length_max: int, description: str, *, lines: bool = False, **options: Any) -> fields.String:
    """Non-empty text of at most `length_max` characters, in one line unless `lines`."""
    checks: list[Callable[[Any], Any]] = [validate.Length(1, length_max), several_lines if lines else one_line]
    return fields.String(validate=checks, metadata={"description": description}, **options)


def choice(values: Any, description: str, **options: Any) -> fields.String:
    """One of a few slugs."""
    return fields.String(validate=validate.OneOf(list(values)), metadata={"description": description}, **options)


def flag(description: str, **options: Any) -> fields.Boolean:
    """true or false, nothing that looks like them."""
    return fields.Boolean(truthy={True}, falsy={False}, metadata={"description": description}, **options)


def place_of_service(**options: Any) -> fields.String:
    """A CMS place of service code."""
    said = ", ".join(f"{code} {name}" for code, name in PLACES_OF_SERVICE.items())
    return choice(list(PLACES_OF_SERVICE), f"CMS place of service: {said}.", **options)


class Email(fields.String):
    """An e-mail address by its syntax alone; `.test` and `example.org` are addresses too."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value = super()._deserialize(*arguments, **options)
        try:
            checked = validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError("Not an e-mail address.") from error
        return checked.normalized


class Content(fields.String):
    """The bytes of a file, in base64."""

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        try:
            return base64.b64decode(super()._deserialize(*arguments, **options), validate=True)
        except (ValueError, binascii.Error) as error:
            raise ValidationError("Send the file in base64.") from error


class Phone(fields.String):
    """A telephone number, kept in E.164; without a country code it is one of the United States."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value = super()._deserialize(*arguments, **options)
        try:
            number = phonenumbers.parse(value[:40], REGION)
        except phonenumbers.NumberParseException as error:
            raise ValidationError("Not a telephone number.") from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError("Not a telephone number.")
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class TimeZone(fields.String):
    """An IANA time zone, e.g. America/New_York."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value = super()._deserialize(*arguments, **options)
        try:
            clock.zone(value)
        except Invalid as error:
            raise ValidationError(error.detail) from error
        return str(value)


class Day(fields.Date):
    """A date from 1900 through 2199: what is reckoned from it, 90 days or a time zone further, is a date as well."""

    def _deserialize(self, *arguments: Any, **options: Any) -> date:
        value: date = super()._deserialize(*arguments, **options)
        if not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError(f"A date from {FIRST_DAY} through {LAST_DAY}.")
        return value


class Instant(fields.AwareDateTime):
    """An instant: RFC 3339 in UTC, with `Z`."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class AddressSchema(Stripped):
    """A postal address in the United States; ZIP or ZIP+4."""

    line1 = text(NAME_MAX, "Street and number.", required=True)
    line2 = text(NAME_MAX, "Suite, floor.", load_default=None, allow_none=True)
    city = text(NAME_MAX, "City.", required=True)
    state = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Z]{2}$", error="Give the two-letter code, e.g. NY.")
    )
    postal_code = fields.String(
        required=True, validate=validate.Regexp(r"^[0-9]{5}(-[0-9]{4})?$", error="Give a ZIP or ZIP+4 code.")
    )
