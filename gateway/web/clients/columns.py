"""What the list of clients shows besides their own data: clinicians, last visit, next appointment, balance.

Each comes from the service that owns it, for the clients of the page at once. A column that cannot be had is missing
alone, and the list says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from gateway.route_table.api import ROUTE_TABLE
from gateway.web import text
from gateway.web.clients.views import NEW_HERE
from gateway.web.page import ApiResponse, Page, Question

TEAMS: Final = "POST /assignments/lookup"
VISITS: Final = "POST /appointments/lookup"
BALANCES: Final = "POST /balances/lookup"
# Each column with the row of the API that it comes from, and what the list names as away when that row fails.
ASKED: Final[Mapping[str, tuple[str, str]]] = {
    "teams": (TEAMS, "The list of clinicians"),
    "visits": (VISITS, "The agenda"),
    "balances": (BALANCES, "Billing"),
}
_PERMISSIONS: Final = {row.name: row.permission for row in ROUTE_TABLE}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one client. `owes`: of the balance, more than nothing."""

    clinician: str = ""
    others: int = 0
    last_visit: str = ""
    next_appointment: str = ""
    balance: str = ""
    owes: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns there are, what is in them by client, and which services they miss."""

    shown: frozenset[str] = frozenset()
    away: Sequence[str] = ()
    beside: Mapping[str, Beside] = field(default_factory=dict)

    def of(self, client_id: str) -> Beside:
        """What stands beside a client."""
        return self.beside.get(client_id, Beside())


def columns_of(page: Page, client_ids: Sequence[str], today: date) -> Columns:
    """The columns that the person may see of these clients; days of `today`'s year stand without it."""
    if not client_ids:
        return Columns()
    questions = {
        name: Question(row, body={"client_ids": list(client_ids)})
        for name, (row, _) in ASKED.items()
        if page.can(_PERMISSIONS[row])
    }
    replies = page.ask_all(**questions)
    found = {name: _by_client(reply) for name, reply in replies.items() if reply.ok}
    beside = {
        client_id: _beside({name: items.get(client_id) for name, items in found.items()}, today)
        for client_id in client_ids
    }
    return Columns(frozenset(found), [ASKED[name][1] for name in replies if name not in found], beside)


def _by_client(reply: ApiResponse) -> dict[str, Mapping[str, Any]]:
    return {item["client_id"]: item for item in reply.value["items"]}


def _beside(facts: Mapping[str, Mapping[str, Any] | None], today: date) -> Beside:
    team, visits, balance = (facts.get(name) for name in ASKED)
    staff = team["staff"] if team else []
    cents = balance["balance_cents"] if balance else 0
    return Beside(
        clinician=(staff[0]["display_name"] or NEW_HERE) if staff else "",
        others=team["staff_count"] - 1 if team and staff else 0,
        last_visit=_day(visits["last_visit"], today) if visits else "",
        next_appointment=_day(visits["next_appointment"], today) if visits else "",
        balance=_balance(cents),
        owes=cents > 0,
    )


def _day(visit: Mapping[str, Any] | None, today: date) -> str:
    return text.short_day(datetime.fromisoformat(visit["starts_at_local"]).date(), today) if visit else ""


def _balance(cents: int) -> str:
    return f"{text.money(-cents)} credit" if cents < 0 else text.money(cents) if cents else ""
