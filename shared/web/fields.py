"""Fields that many schemas share, each with its limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from shared import clock, postal, texts
from shared.calendar_words import day_in_words
from shared.web.sentences import REQUIRED
from shared.web.strict_fields import Flag

NAME_MAX = 100
REGION = "US"
PHONE_CHARACTERS_MAX = 40
# RFC 3339, section 5.6; seconds may be left out.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.IGNORECASE,
)
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


def about(description: str, **more: Any) -> dict[str, Any]:
    """The metadata of a field: what it means, and `more` that the API document is to say of it, such as its format."""
    return {"description": description, **more}


class Text(fields.String):
    r"""Text that people read: in one line, or with `lines` in several, which end in `\n` however they came.

    Left out is what nobody sees and no script needs (`texts.without_leftovers`). Refused are characters that cannot be
    seen or that turn the text around, by their place, and a text that shows nothing, unless it `may_be_blank`.
    """

    def __init__(self, *, lines: bool = False, may_be_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.lines = lines
        self.may_be_blank = may_be_blank

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value: str = super()._deserialize(*arguments, **options)
        if self.lines:
            value = texts.with_plain_line_ends(value)
        value = texts.without_leftovers(value)
        place = texts.first_unreadable(value, lines=self.lines)
        if place is not None:
            raise ValidationError(
                f"Character {place + 1} (U+{ord(value[place]):04X}) cannot be seen or turns the text around. Remove it."
            )
        if not self.may_be_blank and not texts.has_something_to_see(value):
            raise ValidationError(REQUIRED)
        return value


def text(length_max: int, description: str | None = None, *, lines: bool = False, **options: Any) -> Text:
    """A `Text` of at most `length_max` characters. Without a description it means what the glossary says."""
    metadata = about(description) if description else {}
    return Text(lines=lines, validate=validate.Length(1, length_max), metadata=metadata, **options)


class Map(fields.Dict):
    """Names and values. What is wrong with an entry is said of the entry: `content.plan`."""

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super()._deserialize(*arguments, **options)  # type: ignore[no-untyped-call]  # marshmallow's own
        except ValidationError as error:
            raise ValidationError(_by_entry(error.messages), valid_data=error.valid_data) from error


class Numeral(fields.Integer):
    """A whole number in a query string: digits from 0 to 9 and nothing else. In a body, a number is one of JSON."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        number = texts.whole_number(value) if isinstance(value, str) else None
        if number is None:
            raise self.make_error("invalid")
        return number


class Several(fields.String):
    """Several values in one parameter, separated by commas, each once: `a,b`. A parameter is never repeated."""

    def __init__(self, inner: fields.Field[Any], description: str, at_most: int, **options: Any) -> None:
        """`inner` reads each value; more than `at_most` of them are refused."""
        self.inner, self.at_most = inner, at_most
        full = f"{description} Several are separated by commas, at most {at_most}."
        super().__init__(metadata=about(full), **options)

    def _deserialize(self, *arguments: Any, **options: Any) -> Any:
        written = super()._deserialize(*arguments, **options).split(",", self.at_most)
        if len(written) > self.at_most:
            raise ValidationError(f"Give at most {self.at_most}.")
        return tuple(dict.fromkeys(self.inner.deserialize(written_value.strip()) for written_value in written))


def _by_entry(messages: Any) -> Any:
    """marshmallow tells what is wrong with the key of an entry from what is wrong with its value; callers need not."""
    if not isinstance(messages, dict):
        return messages
    return {key: _merged(list(wrong.values())) for key, wrong in messages.items()}


def _merged(wrong: list[Any]) -> Any:
    return wrong[0] if len(wrong) == 1 else [message for messages in wrong for message in messages]


def choice(
    values: Iterable[str], description: str, meanings: Mapping[str, str] | None = None, **options: Any
) -> fields.String:
    """One of a few slugs. `meanings` says what each stands for, unless they say so themselves, as weekdays do.

    Raises `ValueError` where `meanings` are not of exactly these values.
    """
    known = list(values)
    full = description if meanings is None else f"{description} {explained(known, meanings)}"
    return fields.String(validate=validate.OneOf(known), metadata=about(full), **options)


def explained(values: Iterable[str], meanings: Mapping[str, str]) -> str:
    """What each value means, as a sentence: `open`: …; `closed`: …. Raises `ValueError` unless exactly these do."""
    known = list(values)
    if set(known) != set(meanings):
        raise ValueError(f"the meanings are not of {', '.join(known)}")
    return "; ".join(f"`{value}`: {meanings[value]}" for value in known) + "."


def flag(description: str, **options: Any) -> Flag:
    """true or false in a JSON body."""
    return Flag(metadata=about(description), **options)


def written_flag(description: str, **options: Any) -> Flag:
    """`true` or `false` as text: in a query string, or a part of a form."""
    return Flag(written=True, metadata=about(description), **options)


def place_of_service(**options: Any) -> fields.String:
    """A CMS place of service code."""
    return choice(PLACES_OF_SERVICE, "Place of service code (CMS).", PLACES_OF_SERVICE, **options)


class Email(fields.String):
    """An e-mail address by its syntax alone; `.test` and `example.org` are addresses too."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value = super()._deserialize(*arguments, **options)
        try:
            checked = validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError("Not an e-mail address.") from error
        return checked.normalized


class Phone(fields.String):
    """A telephone number with its area code; without a country code it is one of the United States.

    Kept in E.164 (`+15185550100`), or where it has an extension as `+1 518-555-0100 ext. 12`.
    """

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value = super()._deserialize(*arguments, **options)
        if len(value) > PHONE_CHARACTERS_MAX:
            raise ValidationError(f"A telephone number of at most {PHONE_CHARACTERS_MAX} characters.")
        try:
            number = phonenumbers.parse(value, REGION)
        except phonenumbers.NumberParseException as error:
            raise ValidationError("Not a telephone number.") from error
        if not phonenumbers.is_valid_number(number):
            raise ValidationError("Not a telephone number. Give it with its area code.")
        formats = phonenumbers.PhoneNumberFormat
        return str(phonenumbers.format_number(number, formats.INTERNATIONAL if number.extension else formats.E164))


class TimeZone(fields.String):
    """An IANA time zone that is kept by a place, e.g. America/New_York, or UTC."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        value = super()._deserialize(*arguments, **options)
        if not clock.is_zone_of_a_place(value):
            raise ValidationError("Not a time zone of the IANA database, e.g. America/New_York.")
        return str(value)


class Day(fields.Date):
    """A date from 1900 through 2199: what is reckoned from it, 90 days or a time zone further, is a date as well."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> date:
        if isinstance(value, str) and texts.calendar_day(value) is None:
            raise self.make_error("invalid")
        day: date = super()._deserialize(value, *arguments, **options)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(f"A date from {day_in_words(FIRST_DAY)} through {day_in_words(LAST_DAY)}.")
        return day


class PastDay(Day):
    """A day on which something happened: from 1900, and not after today at the practice (`shared.web.days`)."""


class Instant(fields.AwareDateTime):
    """An instant: RFC 3339 in UTC, with `Z`. Another offset is taken too."""

    UNIT: ClassVar[str] = "RFC 3339, in UTC with `Z`."

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> datetime:
        if isinstance(value, str) and not _INSTANT.fullmatch(value):
            raise self.make_error("invalid", obj_type=self.OBJ_TYPE)
        instant: datetime = super()._deserialize(value, *arguments, **options)
        return instant

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else self.shown(value)

    @staticmethod
    def shown(value: datetime) -> str:
        """As an answer has it; see `shared.web.dumping`."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Stored(fields.Nested):
    """A part that was stored as its schema dumped it: answered as it is stored, and described as that schema."""

    def _serialize(self, nested_obj: Any, *_: Any, **__: Any) -> Any:  # type: ignore[override]  # uses only the first
        return nested_obj


def state_code(
    description: str = "Two-letter code of the state or territory (USPS), such as NY.", **options: Any
) -> fields.String:
    """A state or territory of the United States, or a military one, by its two letters."""
    known = validate.OneOf(sorted(postal.STATES), error="Give the two-letter code, e.g. NY.")
    return fields.String(validate=known, metadata=about(description), **options)


class AddressSchema(Stripped):
    """A postal address in the United States; ZIP or ZIP+4."""

    line1 = text(NAME_MAX, "Street and number.", required=True)
    line2 = text(NAME_MAX, "Suite, floor or apartment, where there is one.", load_default=None, allow_none=True)
    city = text(NAME_MAX, "City or town, as the postal service writes it.", required=True)
    state = state_code(required=True)
    postal_code = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{5}(-[0-9]{4})?$", error="Give a ZIP or ZIP+4 code."),
        metadata=about("ZIP code (five digits) or ZIP+4 code of the state, such as 10001 or 10001-2345."),
    )

    @validates_schema(skip_on_field_errors=True)
    def _zip_belongs(self, data: dict[str, Any], **_: Any) -> None:
        if not postal.zip_belongs(data["postal_code"], data["state"]):
            raise ValidationError("This ZIP code is not one of that state.", "postal_code")
