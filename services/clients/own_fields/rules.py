"""What a practice's own field may be, and what may stand in it. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from services.clients.tags import rules as tags
from shared import texts
from shared.calendar_words import day_in_words
from shared.errors import Conflict, FieldError, Invalid

TYPES: Final = ("text", "number", "date", "choice", "yes_no")
FIELDS_MAX: Final = 50  # of one organization, without the archived
FIELDS_EVER_MAX: Final = 200  # with them
CHOICES_MAX: Final = 30  # of one field, without the archived
CHOICES_EVER_MAX: Final = 100  # with them
NAME_CHARACTERS_MAX: Final = 60
SLUG_CHARACTERS_MAX: Final = 50
TEXT_CHARACTERS_MAX: Final = 500
NUMBER_MAX: Final = 999_999_999_999
DECIMALS_MAX: Final = 4
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
Value = str | int | float | bool


class FieldExists(Conflict):
    """Two fields of one name would be two inputs that nobody can tell apart."""

    code = "client_field_exists"
    detail = "There is a field of this name already. Rename it, or take it back if it is archived."


class TooManyFields(Conflict):
    """A limit of the organization is reached."""

    code = "too_many_client_fields"
    detail = f"A practice has at most {FIELDS_MAX} own fields, and {FIELDS_EVER_MAX} with the archived."


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a field. Clients keep its slug, so that it can be renamed."""

    slug: str
    name: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class WantedChoice:
    """A choice as a request has it: without a slug it is a new one."""

    name: str
    slug: str | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """What decides which values a field takes."""

    slug: str
    type: str
    choices: tuple[Choice, ...] = ()
    archived: bool = False


class Wrong(ValueError):
    """A value that the field does not take; the text says what it takes."""


def slug_of(name: str, taken: Collection[str]) -> str:
    """A name as a slug that is not taken: letters of the Latin alphabet, digits and underscores.

    >>> slug_of("Employer / school", ())
    'employer_school'
    >>> slug_of("Employer, school", ("employer_school",))
    'employer_school_2'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    base = (words if words[:1].isalpha() else f"field_{words}".strip("_"))[:SLUG_CHARACTERS_MAX].strip("_")
    number, slug = 1, base
    while slug in taken:
        number += 1
        ending = f"_{number}"
        slug = base[: SLUG_CHARACTERS_MAX - len(ending)] + ending
    return slug


def same_name(name: str, other: str) -> bool:
    """Whether two names differ in case and spaces at most."""
    return tags.key(name) == tags.key(other)


def ensure_room(archived: Sequence[bool]) -> None:
    """Raises `TooManyFields` where these are too many: for each field whether it is archived."""
    if len(archived) > FIELDS_EVER_MAX or archived.count(False) > FIELDS_MAX:
        raise TooManyFields()


def merged_choices(type_: str, before: Sequence[Choice], wanted: Sequence[WantedChoice]) -> list[Choice]:
    """The choices from now on, in the wanted order. One that is left out is archived and stands behind them.

    Raises `Invalid` for choices of a field that has none, none where it needs some, two of one name, too many,
    and a slug that the field does not have.
    """
    if type_ != "choice":
        if wanted:
            raise Invalid.field("choices", "unknown", "Only a field of the type choice has choices.")
        return []
    known = {choice.slug: choice for choice in before}
    merged: dict[str, Choice] = {}
    for place, choice in enumerate(wanted):
        if choice.slug is not None and (choice.slug not in known or choice.slug in merged):
            raise Invalid.field(f"choices.{place}.slug", "unknown", "The field has no such choice, or it stands twice.")
        slug = choice.slug or slug_of(choice.name, {*known, *merged})
        if not choice.archived and any(
            not other.archived and same_name(other.name, choice.name) for other in merged.values()
        ):
            raise Invalid.field(f"choices.{place}.name", "twice", "There is a choice of this name already.")
        merged[slug] = Choice(slug, choice.name, choice.archived)
    merged |= {slug: replace(choice, archived=True) for slug, choice in known.items() if slug not in merged}
    offered = sum(not choice.archived for choice in merged.values())
    if not offered:
        raise Invalid.field("choices", "required", "Give at least one choice that is not archived.")
    if offered > CHOICES_MAX or len(merged) > CHOICES_EVER_MAX:
        detail = f"A field has at most {CHOICES_MAX} choices, and {CHOICES_EVER_MAX} with the archived."
        raise Invalid.field("choices", "too_many", detail, str(CHOICES_MAX))
    return list(merged.values())


def merged_values(
    definitions: Iterable[Definition], stored: Mapping[str, Value], given: Mapping[str, Any]
) -> dict[str, Value]:
    """The values of a client from now on: what is left out stays, null empties, what is as given changes nothing.

    Raises `Invalid` that names each wrong value as `custom.<slug>`: of a field that there is not, of one that is
    archived, of another type than the field's.
    """
    known = {definition.slug: definition for definition in definitions}
    merged, errors = dict(stored), []
    for slug, value in given.items():
        if (definition := known.get(slug)) is None:
            errors.append(FieldError(f"custom.{slug}", "unknown", "The practice has no such field."))
            continue
        try:
            read = None if value is None else read_value(definition, value, stored.get(slug))
        except Wrong as wrong:
            errors.append(FieldError(f"custom.{slug}", "invalid", str(wrong)))
            continue
        if definition.archived and read != stored.get(slug):
            detail = "This field is archived. What it says can be read, and not changed."
            errors.append(FieldError(f"custom.{slug}", "archived", detail))
        elif read is None:
            merged.pop(slug, None)
        else:
            merged[slug] = read
    if errors:
        raise Invalid(errors=errors)
    return merged


def read_value(definition: Definition, value: Any, stored: Value | None = None) -> Value:
    """A value in the form in which it is kept; raises `Wrong`. A choice that is archived stays where it is stored."""
    match definition.type:
        case "text":
            return _text(value)
        case "number":
            return _number(value)
        case "date":
            return _date(value)
        case "choice":
            offered = [choice.slug for choice in definition.choices if not choice.archived]
            if not isinstance(value, str) or (value not in offered and value != stored):
                raise Wrong("Choose one of the choices of this field.")
            return value
        case _:
            if not isinstance(value, bool):
                raise Wrong("Say yes or no: true or false.")
            return value


def _text(value: Any) -> str:
    text = texts.without_leftovers(texts.with_plain_line_ends(value).strip()) if isinstance(value, str) else ""
    if not texts.has_something_to_see(text) or len(text) > TEXT_CHARACTERS_MAX:
        raise Wrong(f"Enter a text of at most {TEXT_CHARACTERS_MAX} characters.")
    if texts.first_unreadable(text, lines=True) is not None:
        raise Wrong("A character cannot be seen or turns the text around. Remove it.")
    return text


def _number(value: Any) -> int | float:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not abs(number) <= NUMBER_MAX or round(number, DECIMALS_MAX) != number:
        raise Wrong(f"Enter a number from -{NUMBER_MAX} to {NUMBER_MAX} with at most {DECIMALS_MAX} decimals.")
    return int(number) if number == int(number) else number


def _date(value: Any) -> str:
    day = texts.calendar_day(value) if isinstance(value, str) else None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        first, last = day_in_words(FIRST_DAY), day_in_words(LAST_DAY)
        raise Wrong(f"Enter a date from {first} through {last}, such as 2026-10-06.")
    return day.isoformat()
