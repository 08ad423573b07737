"""What a service of the catalogue may look like, and which of its rates is in force on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.errors import Invalid

KINDS = ("cpt", "other")
UNIT_RULES = ("fixed", "per_minutes")
ROUNDINGS = ("nearest", "down", "up")
MODIFIERS_MAX = 4
COLOURS = tuple(f"c{number}" for number in range(1, 9))
IN_AN_OFFICE = "11"

# CPT: five digits, or four and a letter (categories II and III); HCPCS level II: a letter and four digits.
_PROCEDURE_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_OTHER_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,19}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate_cents` per unit from `effective_from` on; None: from the beginning."""

    rate_cents: int
    effective_from: date | None


@dataclass(frozen=True, slots=True)
class UnitRule:
    """`fixed`: always `units`. `per_minutes`: one unit per `minutes`, the rest by `rounding`."""

    rule: str
    units: int | None = None
    minutes: int | None = None
    rounding: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service to be added to the catalogue, with its first rate. Minutes are whole.

    `unit` None: one unit always. `duration_minutes` None: the practice's usual length. `colour` None: the next one.
    `insurance_billable` None: as the kind of the code says.
    """

    name: str
    kind: str
    code: str
    modifiers: tuple[str, ...]
    rate: Rate
    unit: UnitRule | None
    duration_minutes: int | None
    note_minutes_min: int | None
    note_minutes_max: int | None
    colour: str | None
    place_of_service: str
    insurance_billable: bool | None


NEEDED = {"units": "Say how many units it is.", "minutes": "Say how many minutes one unit has."}
FOREIGN = {
    "fixed": "Where units are always the same, minutes do not count.",
    "per_minutes": "Where minutes are counted, units come of them.",
}


def next_colour(services: int) -> str:
    """The colour of the service that is added to `services` others: each of them by turn."""
    return COLOURS[services % len(COLOURS)]


def may_be_claimed(kind: str) -> bool:
    """Whether an insurer knows codes of this kind."""
    return kind == "cpt"


def ensure_billable(kind: str, insurance_billable: bool | None) -> None:
    """Raises `Invalid` where the practice's own code is to go on a claim."""
    if insurance_billable and not may_be_claimed(kind):
        detail = "A code of your own never goes on a claim: no insurer knows it."
        raise Invalid.field("insurance_billable", "not_claimable", detail)


def rate_on(rates: Iterable[Rate], day: date) -> int | None:
    """Cents per unit in force on `day`: of the rates begun by then the one begun last; None when none has."""
    begun = [rate for rate in rates if rate.effective_from is None or rate.effective_from <= day]
    if not begun:
        return None
    return max(begun, key=lambda rate: rate.effective_from or date.min).rate_cents


def days_of(rates: Iterable[Rate], first: date | None) -> tuple[date | None, date | None]:
    """The days of service on which the rate that begins on `first` is in force: through the second, None: no end."""
    later = [
        rate.effective_from for rate in rates if rate.effective_from and (first is None or rate.effective_from > first)
    ]
    return first, min(later) - timedelta(days=1) if later else None


def ensure_code(kind: str, code: str, modifiers: Sequence[str]) -> None:
    """Raises `Invalid` for a code or a modifier of the wrong form. Codes only: their texts are licensed."""
    pattern = _PROCEDURE_CODE if kind == "cpt" else _OTHER_CODE
    if not pattern.fullmatch(code):
        raise Invalid.field("code", "invalid", "A CPT or HCPCS code has five characters, such as 90837 or H0004.")
    if len(modifiers) > MODIFIERS_MAX or len(set(modifiers)) != len(modifiers):
        raise Invalid.field("modifiers", "invalid", f"At most {MODIFIERS_MAX} modifiers, each once.")
    if not all(_MODIFIER.fullmatch(modifier) for modifier in modifiers):
        raise Invalid.field("modifiers", "invalid", "A modifier has two characters, such as 95 or GT.")


def ensure_minutes_range(minutes_min: int | None, minutes_max: int | None) -> None:
    """Raises `Invalid` when the bounds of documented minutes exclude everything."""
    if minutes_min is not None and minutes_max is not None and minutes_min > minutes_max:
        raise Invalid.field(
            "note_minutes_max", "below_minimum", "The most minutes are fewer than the fewest. Enter as many or more."
        )


def unit_rule(given: UnitRule | None) -> UnitRule:
    """The unit rule of a service, as requested; without a request one unit whatever the minutes.

    `per_minutes` rounds to the nearest unit unless told otherwise. Raises `Invalid` when what the rule needs is
    missing, or what belongs to the other rule is given.
    """
    if given is None:
        return UnitRule("fixed", units=1)
    wanted, foreign = ("units", ("minutes", "rounding")) if given.rule == "fixed" else ("minutes", ("units",))
    if getattr(given, wanted) is None:
        raise Invalid.field(f"unit.{wanted}", "required", NEEDED[wanted], given.rule)
    for name in foreign:
        if getattr(given, name) is not None:
            raise Invalid.field(f"unit.{name}", "unknown", FOREIGN[given.rule], given.rule)
    return given if given.rule == "fixed" else replace(given, rounding=given.rounding or "nearest")
