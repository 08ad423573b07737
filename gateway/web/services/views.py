"""Services as the pages show them: rows of the list, rates by day, places and hues in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.web import text
from gateway.web.places import PLACES

HUES: Final = (
    ("c1", "Teal"),
    ("c2", "Violet"),
    ("c3", "Orange"),
    ("c4", "Rose"),
    ("c5", "Blue"),
    ("c6", "Olive"),
    ("c7", "Plum"),
    ("c8", "Stone"),
)
KINDS: Final = (("cpt", "CPT or HCPCS code"), ("other", "Own code"))
RULES: Final = (("fixed", "Always the same"), ("per_minutes", "By the minutes"))
ROUNDINGS: Final = (
    ("nearest", "From half a unit on it counts one"),
    ("down", "It counts nothing"),
    ("up", "It counts one"),
)
_ROUNDED: Final = {
    "nearest": "from half a unit on one more",
    "down": "the rest counts nothing",
    "up": "the rest counts one",
}
# What the inputs of the form are called, where two people changed one service.
WORDS: Final = {
    "name": "Name",
    "duration_minutes": "Length",
    "note_minutes_min": "Fewest minutes of a note",
    "note_minutes_max": "Most minutes of a note",
    "place_of_service": "Place of service",
    "colour": "Color",
    "insurance_billable": "Insurance",
}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One line of the list."""

    id: str
    name: str
    code: str
    length: str
    rate: str
    insurance: bool
    place: str
    hue: str
    colour: str
    active: bool


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate: from which day, how much, and whether it holds today or begins later."""

    since: str
    amount: str
    state: str


def service_rows(services: Sequence[Mapping[str, Any]]) -> list[ServiceRow]:
    """The lines, in the order of the API."""
    return [
        ServiceRow(
            id=service["id"],
            name=service["name"],
            code=code_of(service),
            length=minutes(service["duration_minutes"]),
            rate=text.money(service["rate_cents"]),
            insurance=service["insurance_billable"],
            place=PLACES[service["place_of_service"]],
            hue=service["colour"],
            colour=dict(HUES)[service["colour"]],
            active=service["active"],
        )
        for service in services
    ]


def code_of(service: Mapping[str, Any]) -> str:
    """`90837-95`: the code with its modifiers."""
    return "-".join([service["code"], *service["modifiers"]])


def minutes(number: int) -> str:
    """`50 min`."""
    return f"{number} min"


def units_in_words(unit: Mapping[str, Any]) -> str:
    """How units are counted: `Always 1 unit`, `1 unit for each 15 minutes, from half a unit on one more`."""
    if unit["rule"] == "fixed":
        return f"Always {text.count(unit['units'], 'unit')}"
    return f"1 unit for each {text.count(unit['minutes'], 'minute')}, {_ROUNDED[unit['rounding']]}"


def rate_rows(rates: Sequence[Mapping[str, Any]], today: date) -> list[RateRow]:
    """All rates, the latest first."""
    ordered = sorted(rates, key=_begins, reverse=True)
    in_force = next((rate["id"] for rate in ordered if _begins(rate) <= today), None)
    return [
        RateRow(
            since=text.day(rate["effective_from"]) or "From the beginning",
            amount=text.money(rate["rate_cents"]),
            state="Holds today" if rate["id"] == in_force else "Begins later" if _begins(rate) > today else "Earlier",
        )
        for rate in ordered
    ]


def _begins(rate: Mapping[str, Any]) -> date:
    return date.fromisoformat(rate["effective_from"]) if rate["effective_from"] else date.min


def split(typed: str) -> list[str]:
    """Modifiers as they are typed: `95, gt` or `95 GT`."""
    return [word.upper() for word in typed.replace(",", " ").split()]


def fits(number: int, service: Mapping[str, Any]) -> bool:
    """Whether a note of so many minutes fits the service; otherwise its invoice is held."""
    least, most = service["note_minutes_min"], service["note_minutes_max"]
    return (least is None or number >= least) and (most is None or number <= most)
