"""What part of the agenda an address asks for. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from gateway.web import text
from gateway.web.local_addresses import is_id
from gateway.web.rendering import url
from shared.texts import calendar_day

PATH: Final = "/agenda"
VIEWS: Final = (("day", "Day"), ("week", "Week"), ("month", "Month"), ("list", "List"))
EVERYBODY: Final = "everybody"  # in an address: without it, people see whom they chose last
PEOPLE_MAX: Final = 8  # side by side
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """A view, the day that it is about, on which day a week begins, and whose it is: ids of staff; none: everybody."""

    view: str
    on: date
    sunday_first: bool
    staff: Sequence[str]

    @property
    def first(self) -> date:
        """The first day that is shown."""
        if self.view == "day":
            return self.on
        if self.view == "month":
            return _week_of(self.on.replace(day=1), self.sunday_first)
        return _week_of(self.on, self.sunday_first)

    @property
    def last(self) -> date:
        """The last day that is shown."""
        if self.view == "day":
            return self.on
        if self.view == "month":
            last = self.on.replace(day=calendar.monthrange(self.on.year, self.on.month)[1])
            return _week_of(last, self.sunday_first) + _WEEK - _DAY
        return self.first + _WEEK - _DAY

    @property
    def days(self) -> list[date]:
        """All days that are shown."""
        return [self.first + _DAY * at for at in range((self.last - self.first).days + 1)]

    def beside(self, step: int) -> Asked:
        """The one before (-1), or after (1)."""
        if self.view == "month":
            months = self.on.year * 12 + self.on.month - 1 + step
            return replace(self, on=date(months // 12, months % 12 + 1, 1))
        return replace(self, on=self.on + (_DAY if self.view == "day" else _WEEK) * step)

    def address(
        self,
        path: str = PATH,
        *,
        view: str | None = None,
        on: date | None = None,
        staff: Sequence[str] | None = None,
    ) -> str:
        """The address of this, or of the same with another view, day or staff; no staff: everybody's."""
        people = self.staff if staff is None else staff
        return url(path, view=view or self.view, on=(on or self.on).isoformat(), staff=",".join(people) or EVERYBODY)

    def address_with_one_more(self) -> str:
        """The address of the same with one more member of staff, whose id is to follow it."""
        kept = list(self.staff)[-(PEOPLE_MAX - 1) :]
        return f"{url(PATH, view=self.view, on=self.on.isoformat())}&staff={''.join(f'{each},' for each in kept)}"

    def title(self) -> str:
        """`November 16 – 20, 2026`, `Sep 28 – Oct 2, 2026`, `Wed, Nov 18, 2026`: short, for people stand beside it."""
        if self.view == "day":
            return text.day(self.on)
        if self.view == "month":
            return f"{self.on:%B} {self.on.year}"
        first, last = self.first, self.last
        if self.view == "week":  # the days at its end are shown only where they are used
            first += _DAY * (first.weekday() == 6)
            last = first + 4 * _DAY
        if first.year != last.year:
            return f"{first:%b} {first.day}, {first.year} – {last:%b} {last.day}, {last.year}"
        if first.month != last.month:
            return f"{first:%b} {first.day} – {last:%b} {last.day}, {last.year}"
        return f"{first:%B} {first.day} – {last.day}, {last.year}"


def asked_of(query: Mapping[str, str], today: date, *, sunday_first: bool, usual_staff: Sequence[str]) -> Asked:
    """What the address asks for; the week of today where it does not say, or says what nobody can mean."""
    view = query.get("view", "week")
    if view not in dict(VIEWS):
        view = "week"
    on = calendar_day(query.get("on", "")) or today
    if abs((on - today).days) > 366 * 20:
        on = today
    staff = staff_of(query["staff"]) if "staff" in query else list(usual_staff)[:PEOPLE_MAX]
    return Asked(view, on, sunday_first, staff)


def staff_of(written: str) -> list[str]:
    """The ids of staff that an address names; none: everybody."""
    return [staff_id for staff_id in dict.fromkeys(written.split(",")) if is_id(staff_id)][:PEOPLE_MAX]


def _week_of(day: date, sunday_first: bool) -> date:
    return day - _DAY * ((day.weekday() + 1) % 7 if sunday_first else day.weekday())
