"""Clients as the pages show them: ages, birthdays, marks, rows of the list. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text

STATUSES: Final[Mapping[str, tuple[str, str]]] = {"active": ("Active", "ok"), "archived": ("Archived", "")}
NEW_HERE: Final = "New member of staff"
SOMEBODY: Final = "Somebody who left"
QUERY_MAX: Final = 100  # characters of a search, as many as a name may have
WENT: Final = {"assigned": "was assigned", "unassigned": "was taken off"}
# Which clients the list shows: what the API is asked for, and the words.
WHICH: Final[Mapping[str, tuple[str | None, str]]] = {
    "": ("active", "Active"),
    "archived": ("archived", "Archived"),
    "all": (None, "All"),
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


def phone(number: str | None) -> str:
    """`(503) 555-0142` for a number of North America, any other as it is stored."""
    if number and number.startswith("+1") and len(number) == 12 and number[1:].isdigit():
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number or ""


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


def client_rows(clients: Sequence[Mapping[str, Any]], today: date) -> list[ClientRow]:
    """The lines, in the order of the API."""
    return [
        ClientRow(
            id=one["id"],
            name=one["display_name"],
            initials=initials(one),
            hue=text.hue(one["id"]),
            number=one["number"],
            born=birthday(one["date_of_birth"]),
            age=age(one["date_of_birth"], today),
            phone=phone(one["phone"]),
            phone_stored=one["phone"] or "",
            status=STATUSES[one["status"]],
        )
        for one in clients
    ]


def named(query: str) -> str:
    """What was searched as the name of somebody new: `Lena K`; empty where it is none."""
    words = query.split()
    if not words or any(character.isdigit() for character in query):
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in words)


def split_name(name: str) -> tuple[str, str]:
    """Given and family name: the last word is the family's."""
    *given, family = name.split() or [""]
    return (" ".join(given), family) if given else (family, "")


def staff_options(members: Sequence[Mapping[str, Any]], without: str | Collection[str] = ()) -> list[tuple[str, str]]:
    """Members of staff to choose from, by id and name, those who work here."""
    left_out = {without} if isinstance(without, str) else set(without)
    return [
        (one["id"], f"{one['given_name']} {one['family_name']}")
        for one in members
        if one["active"] and one["id"] not in left_out
    ]


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


def team_rows(assigned: Sequence[Mapping[str, Any]], zone: str) -> list[TeamRow]:
    """Those who are assigned, in the order in which they came."""
    return [
        TeamRow(
            staff_id=one["staff_id"],
            name=one["display_name"] or NEW_HERE,
            initials=letters(one["display_name"] or NEW_HERE),
            hue=text.hue(one["staff_id"]),
            since=text.day(datetime.fromisoformat(one["since"]).astimezone(ZoneInfo(zone)).date()),
            active=one["active"] is not False,
        )
        for one in assigned
    ]


def team_changes(
    changes: Sequence[Mapping[str, Any]], names: Mapping[str, str], zone: str, now: datetime
) -> list[TeamChange]:
    """The history, newest first."""
    return [
        TeamChange(
            at=text.moment(one["at"], zone, now),
            what=f"{names.get(one['staff_id'], SOMEBODY)} {WENT[one['change']]}",
            by=names.get(one["by"], "A program") if one["by"] else "through a case",
        )
        for one in changes
    ]


def letters(name: str) -> str:
    """`MO` of `Maya Okafor`."""
    words = name.split() or [""]
    return text.initials(words[0], words[-1] if len(words) > 1 else "")
