"""What the pages of API clients are given. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text
from shared.texts import calendar_day

USUAL_DAYS: Final = 180
OVERLAPS: Final = (("24", "One day"), ("72", "Three days"), ("1", "One hour"), ("0", "Not at all"))
SOON: Final = timedelta(days=14)
# Area -> permission -> what it lets a program do.
AREAS: Final[Mapping[str, Mapping[str, str]]] = {
    "Agenda and appointments": {
        "agenda:read": "View the agenda",
        "appointments:read": "View appointments",
        "appointments:create": "Book appointments",
        "appointments:update": "Change appointments",
        "groups:read": "View groups",
        "groups:manage": "Add and change groups",
    },
    "Clients": {
        "clients:read": "View clients",
        "clients:create": "Add clients",
        "clients:update": "Change clients",
        "client_reports:read": "View client reports, and take them as files",
        "client_imports:manage": "Import clients, and view imports",
        "assignments:read": "View who works with a client",
        "assignments:change": "Change who works with a client",
    },
    "Cases and notes": {
        "cases:read": "View cases",
        "diagnoses:read": "View diagnoses",
        "treatment_plans:read": "View treatment plans",
        "notes:read": "View notes",
    },
    "Billing": {
        "invoices:read": "View invoices",
        "invoices:update": "Change drafts of invoices",
        "invoices:issue": "Issue invoices",
        "payments:read": "View payments",
        "payments:create": "Record payments",
        "credit:apply": "Apply credit",
        "ledger:read": "View ledgers",
    },
    "Practice": {
        "organization:read": "View the practice’s profile",
        "locations:read": "View locations",
        "staff:read": "View staff",
        "service_types:read": "View services",
        "jobs:read": "Follow long jobs that it started",
        "jobs:cancel": "Cancel long jobs that it started",
    },
    "Activity": {"audit:read": "View activity", "audit:export": "Export activity"},
}


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One API client in the list. `state`: words and kind of a chip."""

    id: str
    name: str
    areas: str
    state: tuple[str, str]
    ends: str
    last_used: str
    works: bool


@dataclass(frozen=True, slots=True)
class Area:
    """Permissions of one part of the practice: slug, words, whether it is ticked."""

    name: str
    boxes: Sequence[tuple[str, str, bool]]


def areas(can: Callable[[str], bool], chosen: Collection[str]) -> list[Area]:
    """What the person may give, area by area; what they do not hold is absent unless the program has it."""
    found = [
        Area(name, [(slug, words, slug in chosen) for slug, words in known.items() if can(slug) or slug in chosen])
        for name, known in AREAS.items()
    ]
    return [area for area in found if area.boxes]


def in_words(permissions: Collection[str]) -> list[str]:
    """`View clients` and so on, in the order of the form."""
    return [words for known in AREAS.values() for slug, words in known.items() if slug in permissions]


def row_of(client: Mapping[str, Any], zone: str, now: datetime) -> ClientRow:
    """One line of the list, and the head of its page."""
    used = text.moment(client.get("last_used_at"), zone, now)
    held = set(client["permissions"])
    return ClientRow(
        id=client["id"],
        name=client["name"],
        areas=", ".join(name for name, known in AREAS.items() if held & known.keys()),
        state=_state(client, now),
        ends=text.moment(client["expires_at"], zone, now),
        last_used=used or "Never",
        works=client["revoked_at"] is None and datetime.fromisoformat(client["expires_at"]) > now,
    )


def _state(client: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    left = datetime.fromisoformat(client["expires_at"]) - now
    if client["revoked_at"] is not None:
        return ("Revoked", "")
    if left <= timedelta():
        return ("Ended", "")
    if not client["secret_works"]:
        return ("Needs a new secret", "bad")
    return ("Ends soon", "warn") if left <= SOON else ("Works", "ok")


def usual_end(today: date) -> str:
    """The last day that the form offers."""
    return (today + timedelta(days=USUAL_DAYS)).isoformat()


def end_of(day: str, zone: str) -> str | None:
    """The end of a day on the practice's clock, as the API takes an instant; None for what is no day."""
    last = calendar_day(day)
    if last is None or last == date.max:
        return None
    after = last + timedelta(days=1)
    at = datetime.combine(after, time(), ZoneInfo(zone)).astimezone(UTC)
    return at.isoformat().replace("+00:00", "Z")


def day_of(instant: str, zone: str) -> str:
    """The last day on which something works that ends then."""
    at = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)) - timedelta(microseconds=1)
    return at.date().isoformat()
