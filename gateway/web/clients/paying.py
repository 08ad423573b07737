"""Who pays for a client as the pages say it: shares and days in words, rows, and the changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.clients.stored import on_one_line
from shared.calendar_words import day_in_words

KINDS: Final = (
    ("percent", "A percentage"),
    ("fixed", "An amount of each appointment"),
    ("cap", "Up to an amount each month"),
    ("rest", "The rest"),
)
EVERY: Final = "every service"
UNNAMED: Final = "one service"  # whose name could not be had
DEEDS: Final = {"added": "Added", "changed": "Changed", "removed": "Removed"}
PROGRAM: Final = "A program"


@dataclass(frozen=True, slots=True)
class Payer:
    """A line of the list."""

    id: str
    version: int
    name: str
    share: str
    days: str
    reach: str
    state: str  # now | coming | aside | ended


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A line of the history. `before`: empty where there was nothing."""

    at: str
    by: str
    what: str
    after: str
    before: str


def payers(people: Sequence[Mapping[str, Any]], services: Mapping[str, str], today: date) -> list[Payer]:
    """Who pays today first, the coming ones, those a merge set aside, and those that ended, the last to end first."""
    rows = [
        Payer(
            id=person["id"],
            version=person["version"],
            name=_name(person),
            share=share_in_words(person["share"], services),
            days=days_in_words(person),
            reach=person["email"] or "",
            state=_state(person, today),
        )
        for person in people
    ]
    ended = {person["id"]: person["effective_to"] or "" for person in people}
    last = sorted((row for row in rows if row.state == "ended"), key=lambda row: ended[row.id], reverse=True)
    return [*(row for state in ("now", "coming", "aside") for row in rows if row.state == state), *last]


def share_in_words(share: Mapping[str, Any], services: Mapping[str, str]) -> str:
    """`60% of every service`."""
    service_id = share["service_type_id"]
    service = services.get(service_id, UNNAMED) if service_id else EVERY
    match share["kind"]:
        case "percent":
            return f"{share['percent']}% of {service}"
        case "fixed":
            return f"{text.money(share['cents'])} of {service}"
        case "cap":
            return f"Up to {text.money(share['cents'])} a month of {service}"
        case _:
            return f"The rest of {service}"


def days_in_words(person: Mapping[str, Any]) -> str:
    """`from March 1, 2026`, with the last day where there is one."""
    first, last = person["effective_from"], person["effective_to"]
    begins = f"from {day_in_words(date.fromisoformat(first))}"
    return f"{begins} through {day_in_words(date.fromisoformat(last))}" if last else begins


def share_changes(
    changes: Sequence[Mapping[str, Any]],
    services: Mapping[str, str],
    names: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[ShareChange]:
    """The history, newest first."""
    return [
        ShareChange(
            at=text.moment(change["at"], zone, now),
            by=names.get(change["by"], PROGRAM),
            what=DEEDS[change["change"]],
            after=_in_words(change["after"], services),
            before=_in_words(change["before"], services),
        )
        for change in changes
    ]


def services_named(records: Sequence[Mapping[str, Any] | None]) -> set[str]:
    """The ids of the services that shares name."""
    return {record["share"]["service_type_id"] for record in records if record} - {None}


def _in_words(terms: Mapping[str, Any] | None, services: Mapping[str, str]) -> str:
    if terms is None:
        return ""
    more = [terms["email"]] if terms["email"] else []
    if address := terms["address"]:
        more.append(on_one_line(address))
    return "; ".join((f"{_name(terms)}: {share_in_words(terms['share'], services)} {days_in_words(terms)}", *more))


def _name(person: Mapping[str, Any]) -> str:
    return f"{person['given_name']} {person['family_name']}"


def _state(person: Mapping[str, Any], today: date) -> str:
    if person["set_aside"]:
        return "aside"
    if date.fromisoformat(person["effective_from"]) > today:
        return "coming"
    last = person["effective_to"]
    return "ended" if last and date.fromisoformat(last) < today else "now"
