"""What was received this month, for who reads payments: by method, and beside it the month before up to this day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gateway.web import text
from gateway.web.billing.words import METHODS
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.rendering import url
from shared import clock

READS_PAYMENTS: Final = "payments:read"
BY_DAY: Final = "GET /payments/by-day"


@dataclass(frozen=True, slots=True)
class Month:
    """The card. `sums`: amounts by method, then all of them; `failed`: billing could not be asked just now."""

    name: str
    payments: str
    sums: Sequence[tuple[str, str]]
    before: tuple[str, str]  # the month before, from its first day to the one of today's number
    path: str  # where these payments are listed
    failed: ApiResponse | None = None


def month_of(page: Page) -> Month | None:
    """What was received; None for who reads no payments, and while nothing came in this month or the last."""
    if not page.can(READS_PAYMENTS):
        return None
    today = clock.today(page.me["organization"]["time_zone"])
    first = _first_before(today)
    reply = page.ask_all(**{BY_DAY: Question(BY_DAY, query={"from": first, "to": today})})[BY_DAY]
    if not reply.ok:
        return Month(f"{today:%B}", "", (), ("", ""), "", reply)
    return month_in(reply.value["items"], today)


def month_in(items: Sequence[Mapping[str, Any]], today: date) -> Month | None:
    """The card of these sums by day and method; None where there are none."""
    begins, earlier = today.replace(day=1), _first_before(today)
    now = [item for item in items if item["on"] >= begins.isoformat()]
    last = min(earlier + timedelta(days=today.day - 1), begins - timedelta(days=1))
    before = [item for item in items if item["on"] <= last.isoformat()]
    if not now and not before:
        return None
    cents = {slug: sum(item["amount_cents"] for item in now if item["method"] == slug) for slug, _ in METHODS}
    return Month(
        name=f"{today:%B}",
        payments=text.count(sum(item["count"] for item in now), "payment"),
        sums=[
            *((name, text.money(cents[slug])) for slug, name in METHODS if cents[slug]),
            ("In all", text.money(sum(cents.values()))),
        ],
        before=(f"{earlier:%b} {earlier.day} to {last.day}", text.money(sum(item["amount_cents"] for item in before))),
        path=url("/payments", **{"from": begins.isoformat(), "to": today.isoformat()}),
    )


def _first_before(today: date) -> date:
    """The first day of the month before."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
