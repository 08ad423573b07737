"""How a client's basic data was changed, as the tab of activity says it: who, when, and each field before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.clients.facts import SEXES, WORDS
from gateway.web.clients.own import value_in_words
from gateway.web.clients.stored import fact_in_words
from gateway.web.clients.views import STATUSES
from gateway.web.clients.ways import called_in_words, ways_in_words
from gateway.web.clients.wishes import wish

OWN: Final = "custom."
EMPTY: Final = "empty"
PROGRAM: Final = "Somebody who left, or a program"
CALLED: Final = {
    **WORDS,
    "status": "Status",
    "address": "Address",
    "contacts": "Ways to reach them",
    "emergency_contact": "Emergency contact",
    "emergency_contacts": "Emergency contacts",
    "waiting": "Waiting list",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of a change."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """One change: who made it, when, and what it changed."""

    at: str
    by: str
    fields: Sequence[Changed]


def profile_changes(
    items: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    own: Sequence[Mapping[str, Any]],
    zone: str,
    now: datetime,
) -> list[ProfileChange]:
    """The changes, newest first. `names`: of the staff and of services, by id; `own`: the practice's own fields."""
    known = _Known(names, {field["slug"]: field for field in own}, zone, now)
    return [
        ProfileChange(
            at=text.moment(item["at"], zone, now),
            by=names.get(item["by"], PROGRAM),
            fields=[_changed(name, before, after, known) for name, (before, after) in item["changes"].items()],
        )
        for item in items
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """Names by id, the practice's own fields by slug, its time zone, and this moment."""

    names: Mapping[str, str]
    own: Mapping[str, Mapping[str, Any]]
    zone: str
    now: datetime


def _changed(name: str, before: Any, after: Any, known: _Known) -> Changed:
    if name.startswith(OWN):
        field = known.own.get(name.removeprefix(OWN))
        called = field["name"] if field else name.removeprefix(OWN)
        return Changed(called, _own_words(field, before), _own_words(field, after))
    return Changed(CALLED.get(name, name), _words(name, before, known) or EMPTY, _words(name, after, known) or EMPTY)


def _own_words(field: Mapping[str, Any] | None, value: Any) -> str:
    if value is None:
        return EMPTY
    return value_in_words(field, value) if field else str(value)


def _words(name: str, value: Any, known: _Known) -> str:
    if not value:
        return ""
    match name:
        case "status":
            return STATUSES[value][0]
        case "sex":
            return dict(SEXES)[value]
        case "contacts":
            return _pairs(ways_in_words({"contacts": value}))
        case "emergency_contact" | "emergency_contacts":
            people = value if isinstance(value, list) else [value]
            return _pairs(called_in_words({"emergency_contacts": people}))
        case "waiting":
            offered = ", ".join(
                text.moment(each["starts_at"], known.zone, known.now) for each in value.get("offers", ())
            )
            return _pairs([*wish(value, known.names), *([("Offered", offered)] if offered else [])])
        case "phone":
            return text.phone(str(value))
        case _:
            return fact_in_words(name, value)


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{called}: {words}" for called, words in pairs)
