"""Clients as the pages show them: ages, birthdays, marks, rows of the list. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text

STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "prospective": ("Prospective", "info"),
    "active": ("Active", "ok"),
    "archived": ("Archived", ""),
}
NEW_HERE: Final = "New member of staff"
SOMEBODY: Final = "Somebody who left"
QUERY_MAX: Final = 100  # characters of a search, as many as a name may have
WENT: Final = {"assigned": "was assigned", "unassigned": "was taken off"}
# Which clients the list shows: what the API is asked for, and the words.
WHICH: Final[Mapping[str, tuple[str | None, str]]] = {
    "": ("active", "Active"),
    "prospective": ("prospective", "Prospective"),
    "archived": ("archived", "Archived"),
    "all": (None, "All"),
}
# The orders of the list as addresses name them, by name where they say nothing, and how screen readers name each.
SORTS: Final[Mapping[str, str]] = {
    "": "ascending",
    "-name": "descending",
    "number": "ascending",
    "-number": "descending",
}
WHICH_OPTIONS: Final = [(slug, words) for slug, (_, words) in WHICH.items()]


def initials(client: Mapping[str, Any]) -> str:
    """`HL`: of the name that the client goes by."""
    return text.initials(client["preferred_name"] or client["given_name"], client["family_name"])


def marks(client: Mapping[str, Any]) -> str:
    """`H.L. 1042`: what a title says in place of the name."""
    return f"{''.join(f'{letter}.' for letter in initials(client))} {client['number']}"


def age(born: str, today: date) -> int:
    """Whole years on that day; somebody born on February 29 is a year older on March 1."""
    on = date.fromisoformat(born)
    return today.year - on.year - ((today.month, today.day) < (on.month, on.day))


def birthday(born: str) -> str:
    """`Mar 12, 1992`."""
    on = date.fromisoformat(born)
    return f"{on:%b} {on.day}, {on.year}"


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One line of the list."""

    id: str
    name: str
    initials: str
    hue: str
    number: int
    born: str
    age: int
    phone: str
    phone_stored: str
    status: tuple[str, str]
    active: bool


def client_rows(clients: Sequence[Mapping[str, Any]], today: date) -> list[ClientRow]:
    """The lines, in the order of the API."""
    return [
        ClientRow(
            id=client["id"],
            name=client["display_name"],
            initials=initials(client),
            hue=text.hue(client["id"]),
            number=client["number"],
            born=birthday(client["date_of_birth"]),
            age=age(client["date_of_birth"], today),
            phone=text.phone(client["phone"]),
            phone_stored=client["phone"] or "",
            status=STATUSES[client["status"]],
            active=client["status"] == "active",
        )
        for client in clients
    ]


def split_name(name: str) -> tuple[str, str]:
    """Given and family name: the last word is the family's."""
    *given, family = name.split() or [""]
    return (" ".join(given), family) if given else (family, "")


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Somebody who is assigned."""

    staff_id: str
    name: str
    initials: str
    hue: str
    since: str
    active: bool


@dataclass(frozen=True, slots=True)
class TeamChange:
    """Somebody was assigned or taken off."""

    at: str
    what: str
    by: str


def team_rows(assigned: Sequence[Mapping[str, Any]], hues: Mapping[str, str], zone: str) -> list[TeamRow]:
    """Those who are assigned, in the order in which they came; `hues`: the colours of staff by id."""
    return [
        TeamRow(
            staff_id=assignment["staff_id"],
            name=assignment["display_name"] or NEW_HERE,
            initials=letters(assignment["display_name"] or NEW_HERE),
            hue=hues.get(assignment["staff_id"]) or text.hue(assignment["staff_id"]),
            since=text.day(datetime.fromisoformat(assignment["since"]).astimezone(ZoneInfo(zone)).date()),
            active=assignment["active"] is not False,
        )
        for assignment in assigned
    ]


def team_changes(
    changes: Sequence[Mapping[str, Any]], names: Mapping[str, str], zone: str, now: datetime
) -> list[TeamChange]:
    """The history, newest first."""
    return [
        TeamChange(
            at=text.moment(change["at"], zone, now),
            what=f"{names.get(change['staff_id'], SOMEBODY)} {WENT[change['change']]}",
            by=names.get(change["by"], "A program") if change["by"] else "through a case",
        )
        for change in changes
    ]


def letters(name: str) -> str:
    """`MO` of `Maya Okafor`."""
    words = name.split() or [""]
    return text.initials(words[0], words[-1] if len(words) > 1 else "")
