"""What holds of an organization. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

from shared.errors import Forbidden
from shared.texts import whole_number

# What decides how safe everybody's records are: Organization Administration's alone to change.
SECURITY_SETTINGS = frozenset(
    {
        "requires_second_factor",
        "idle_minutes",
        "restricts_administration",
        "break_glass_enabled",
        "break_glass_minutes",
        "author_access_days",
    }
)

NPI_DIGITS = 10
NPI_PREFIX = "80840"  # card issuer prefix of health applications, United States (ISO 7812)


class SecuritySettings(Forbidden):
    """Somebody else than Organization Administration tried to change a setting that keeps records safe."""

    code = "security_settings"
    detail = "Only Organization Administration changes this setting."


class Filled(Protocol):
    """The settings that a practice needs before it bills."""

    name: Any
    phone: Any
    address: Any
    time_zone: Any
    tax_id: Any
    npi: Any


def is_filled_in(settings: Filled) -> bool:
    """Whether a practice has what its documents need: name, address, phone, time zone, and a tax id or an NPI."""
    needed = (settings.name, settings.address, settings.phone, settings.time_zone, settings.tax_id or settings.npi)
    return all(needed)


def overlapping(hours: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two of the opening hours, each {weekday, opens, closes} with HH:MM, share a minute."""
    ordered = sorted(hours, key=lambda span: (span["weekday"], span["opens"]))
    return any(
        first["weekday"] == second["weekday"] and second["opens"] < first["closes"]
        for first, second in pairwise(ordered)
    )


def is_npi(text: str) -> bool:
    """Whether `text` is a National Provider Identifier: ten digits whose last is the Luhn check digit over 80840 + NPI.

    Source: CMS, NPI check digit calculation.
    """
    if len(text) != NPI_DIGITS or whole_number(text) is None or text[0] not in "12":
        return False
    total = 0
    for position, character in enumerate(reversed(NPI_PREFIX + text)):
        digit = int(character) * (2 if position % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def is_tax_id(text: str) -> bool:
    """Whether `text` looks like an EIN (12-3456789): two digits, a hyphen, seven digits."""
    head, hyphen, tail = text.partition("-")
    return hyphen == "-" and len(head) == 2 and len(tail) == 7 and whole_number(head + tail) is not None
