"""Clients as the pages show them: ages, birthdays, marks, rows of the list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from gateway.web import text

STATUSES: Final[Mapping[str, tuple[str, str]]] = {"active": ("Active", "ok"), "archived": ("Archived", "")}


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
