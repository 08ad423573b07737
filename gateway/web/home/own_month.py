"""A clinician's month: the sessions that they gave, beside the month before, and by week as a small picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gateway.web import text
from gateway.web.page import ApiResponse, Question

BY_DAY: Final = "GET /agenda/own-by-day"
WEEKS: Final = 12
HEIGHT: Final = 32  # of the picture, in its own units
BAR, GAP = 14, 6  # widths of a week's bar, and of what is between two
LEAST: Final = 1  # a week without a session is a line


@dataclass(frozen=True, slots=True)
class Week:
    """One bar: where it stands in the picture, and what it says."""

    x: int
    y: int
    height: int
    begins: str
    sessions: int
    current: bool


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """The card. `failed`: clinical could not be asked just now."""

    name: str
    sums: Sequence[tuple[str, str]] = ()
    before: tuple[str, str] = ("", "")  # the month before, from its first day to the one of today's number
    weeks: Sequence[Week] = ()
    failed: ApiResponse | None = None

    @property
    def width(self) -> int:
        """Of the picture."""
        return len(self.weeks) * (BAR + GAP) - GAP

    @property
    def height(self) -> int:
        """Of the picture."""
        return HEIGHT

    @property
    def bar(self) -> int:
        """The width of a bar."""
        return BAR

    @property
    def words(self) -> str:
        """What the picture shows, for who does not see it."""
        return f"Sessions a week, the last {WEEKS} weeks: " + ", ".join(f"{week.sessions}" for week in self.weeks)


def question(today: date) -> Question:
    """What Home asks for the card."""
    first = min(_month_before(today), _monday(today) - timedelta(weeks=WEEKS - 1))
    return Question(BY_DAY, query={"from": first.isoformat(), "to": today.isoformat()})


def own_month_of(reply: ApiResponse, today: date) -> OwnMonth | None:
    """The card; None for who gave no session in all that time."""
    return own_month_in(reply.value["items"], today) if reply.ok else OwnMonth(f"{today:%B}", failed=reply)


def own_month_in(items: Sequence[Mapping[str, Any]], today: date) -> OwnMonth | None:
    """The card of these days; None where there are none."""
    if not items:
        return None
    begins, earlier = today.replace(day=1), _month_before(today)
    last = min(earlier + timedelta(days=today.day - 1), begins - timedelta(days=1))
    now = [item for item in items if item["on"] >= begins.isoformat()]
    before = [item for item in items if earlier.isoformat() <= item["on"] <= last.isoformat()]
    return OwnMonth(
        name=f"{today:%B}",
        sums=[
            ("Sessions kept", f"{sum(item['sessions'] for item in now):,}"),
            ("Hours", _hours(sum(item["minutes"] for item in now))),
        ],
        before=(
            f"{earlier:%b} {earlier.day} to {last.day}",
            text.count(sum(item["sessions"] for item in before), "session"),
        ),
        weeks=_weeks(items, today),
    )


def _weeks(items: Sequence[Mapping[str, Any]], today: date) -> list[Week]:
    mondays = [_monday(today) - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    counts = dict.fromkeys(mondays, 0)
    for item in items:
        monday = _monday(date.fromisoformat(item["on"]))
        if monday in counts:
            counts[monday] += item["sessions"]
    most = max(1, *counts.values())
    heights = {monday: max(LEAST, round(HEIGHT * number / most)) for monday, number in counts.items()}
    return [
        Week(
            x=at * (BAR + GAP),
            y=HEIGHT - heights[monday],
            height=heights[monday],
            begins=text.short_day(monday, today),
            sessions=counts[monday],
            current=monday == mondays[-1],
        )
        for at, monday in enumerate(mondays)
    ]


def _hours(minutes: int) -> str:
    """`29`, `29.5`: hours to the nearest half."""
    halves = round(minutes / 30)
    return f"{halves // 2:,}{'.5' if halves % 2 else ''}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month_before(today: date) -> date:
    """The first day of the month before."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
