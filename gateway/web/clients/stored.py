"""What is stored of a client as somebody reads it: groups of names and values, without those that are empty. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from gateway.web.clients.facts import SEXES, TYPES, WORDS
from gateway.web.clients.own import own_in_words
from gateway.web.clients.views import birthday
from gateway.web.clients.ways import called_in_words, ways_in_words
from gateway.web.clients.wishes import wish
from shared.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class Group:
    """A card: its id and title, what stands in it, and what it says where nothing does."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    empty: str


_NAMES: Final = (
    "given_name",
    "middle_name",
    "family_name",
    "name_suffix",
    "preferred_name",
    "former_names",
    "pronouns",
)
_WHO: Final = (
    "date_of_birth",
    "client_type",
    "sex",
    "gender_identity",
    "language",
    "intake_date",
    "referral_source",
    "tags",
)
_PLACE: Final = ("address", "time_zone")
OWN: Final = "The practice’s own fields"


def stored_groups(
    client: Mapping[str, Any],
    fields: Sequence[Mapping[str, Any]] = (),
    wished: Mapping[str, str] = MappingProxyType({}),
) -> list[Group]:
    """Names, who they are, how to reach them, whom to call, own `fields`, and what those who wait wish for.

    `wished`: names of the clinician and the service that a wish names, by id.
    """
    waits = client["waiting"]
    waiting = [Group("waiting", "Waiting list", tuple(wish(waits, wished)), "")] if waits else []
    own = Group("own", OWN, own_in_words(client, fields), "None of them is filled in yet.")
    has_own = bool(own.facts) or any(not field["archived"] for field in fields)
    reach = (*ways_in_words(client), *_facts(client, _PLACE))
    return [
        Group("names", "Names", _facts(client, _NAMES), ""),
        Group("who", "Who they are", _facts(client, _WHO), ""),
        Group("reach", "How to reach them", reach, "Neither phone nor e-mail nor address is known."),
        Group("emergency", "In an emergency", tuple(called_in_words(client)), "Nobody is named yet."),
        *([own] if has_own else []),
        *waiting,
    ]


def _facts(record: Mapping[str, Any], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    shown = ((WORDS.get(name) or name.capitalize(), fact_in_words(name, record[name])) for name in names)
    return tuple((called, words) for called, words in shown if words)


def fact_in_words(name: str, value: Any) -> str:
    """A stored value as somebody reads it; empty for one that says nothing."""
    if not value or (name, value) == ("sex", "unknown"):
        return ""
    match name:
        case "sex":
            return dict(SEXES)[value]
        case "client_type":
            return dict(TYPES)[value]
        case "language":
            return LANGUAGES[value]
        case "date_of_birth" | "intake_date":
            return birthday(value)
        case "former_names" | "tags":
            return ", ".join(value)
        case "address":
            return on_one_line(value)
        case _:
            return str(value)


def on_one_line(address: Mapping[str, Any]) -> str:
    """`350 5th Ave, Suite 12, New York, NY 10118`."""
    parts = (address["line1"], address["line2"], address["city"], f"{address['state']} {address['postal_code']}")
    return ", ".join(part for part in parts if part)
