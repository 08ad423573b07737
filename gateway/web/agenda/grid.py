"""Cards in columns beside the hours of a day, in the cells of a month, or one after the other. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.agenda.asked import Asked
from gateway.web.agenda.cards import DAY_MINUTES, Card
from gateway.web.agenda.lanes import lanes
from gateway.web.slots import LANES
from gateway.web.weekly_hours import WEEKDAYS

STEP: Final = 5  # minutes of one row of the grid
OPENS, CLOSES = 7 * 60, 20 * 60


@dataclass(frozen=True, slots=True)
class Placed:
    """A card in its column."""

    card: Card
    classes: str  # where it stands, see `slots.py`


@dataclass(frozen=True, slots=True)
class Column:
    """A day, or a day of one person."""

    key: str
    day: date
    staff_id: str
    head: str
    sub: str
    name: str  # read out
    initials: str
    hue: str
    today: bool
    past: bool
    holiday: str
    closed: Sequence[str]  # where the practice is closed, as classes
    cards: Sequence[Placed]
    now: str  # where this moment is, as a class; empty on other days


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns and the hours that they span, in minutes of the day."""

    first_minute: int
    hours: Sequence[tuple[str, int]]  # where each stands, and which it is
    rows: str  # how many there are, as a class
    columns: Sequence[Column]

    @property
    def width(self) -> str:
        """How many columns there are, as a class."""
        return f"columns-{max(1, min(len(self.columns), LANES))}"

    @property
    def count(self) -> int:
        """How many appointments are shown."""
        return len({placed.card.id for column in self.columns for placed in column.cards})


def grid_of(
    wanted: Asked,
    cards: Sequence[Card],
    people: Sequence[Mapping[str, Any]],
    organization: Mapping[str, Any],
    now: datetime,
) -> Grid:
    """The columns of a day or a week. A day has a column for each of `people`; `now`: on the practice's clock."""
    hours, holidays = (
        _open_hours(organization),
        {holiday["on"]: holiday["name"] for holiday in organization["holidays"]},
    )
    days = [day for day in wanted.days if wanted.view == "day" or day.weekday() < 5 or _used(day, cards, hours)]
    first, last = _span(cards, days, hours)
    columns = []
    for day in days:
        of_day = [card for card in cards if card.day == day]
        closed = _closed(hours.get(day.weekday(), []) if day.isoformat() not in holidays else [], first, last)
        shared: dict[str, Any] = {
            "day": day,
            "today": day == now.date(),
            "past": day < now.date(),
            "holiday": holidays.get(day.isoformat(), ""),
            "closed": closed if hours else [],
            "now": _now(day, now, first, last),
        }
        if wanted.view == "day":
            columns += [_of_person(person, of_day, first, shared) for person in people]
        else:
            columns.append(
                Column(
                    key=day.isoformat(),
                    staff_id=wanted.staff[0] if len(wanted.staff) == 1 else "",
                    head=f"{day:%a}",
                    sub=str(day.day),
                    name=text.long_day(day),
                    initials="",
                    hue="",
                    cards=_placed(of_day, first),
                    **shared,
                )
            )
    marks = [(f"s{(hour * 60 - first) // STEP}", hour) for hour in range(first // 60, last // 60)]
    return Grid(first, marks, f"rows-{(last - first) // STEP}", columns)


def _of_person(member: Mapping[str, Any], cards: Sequence[Card], first: int, shared: Mapping[str, Any]) -> Column:
    name = f"{member['given_name']} {member['family_name']}"
    return Column(
        key=f"{shared['day']}-{member['id']}",
        staff_id=member["id"],
        head=name,
        sub=", ".join(member["credentials"] or []),
        name=f"{name}, {text.long_day(shared['day'])}",
        initials=text.initials(member["given_name"], member["family_name"]),
        hue=member["hue"],
        cards=_placed([card for card in cards if card.staff_id == member["id"]], first),
        **shared,
    )


def _placed(cards: Sequence[Card], first: int) -> list[Placed]:
    """Side by side where they overlap. What was cancelled gives way to what is booked at that time now."""
    taking = [card for card in cards if not card.off]
    off = [
        card for card in cards if card.off and not any(o.begins < card.ends and o.ends > card.begins for o in taking)
    ]
    return [
        Placed(card, f"{_rows(card.begins - first, card.ends - card.begins)}{_lane(lane, of)}")
        for card, lane, of in lanes([*taking, *off])
    ]


def _open_hours(organization: Mapping[str, Any]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for open_span in organization["business_hours"]:
        span = (_minute(open_span["opens"]), _minute(open_span["closes"]))
        found.setdefault(WEEKDAYS.index(open_span["weekday"]), []).append(span)
    return {day: sorted(spans) for day, spans in found.items()}


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _used(day: date, cards: Sequence[Card], hours: Mapping[int, Sequence[tuple[int, int]]]) -> bool:
    return day.weekday() in hours or any(card.day == day for card in cards)


def _span(
    cards: Sequence[Card], days: Sequence[date], hours: Mapping[int, Sequence[tuple[int, int]]]
) -> tuple[int, int]:
    """Whole hours that hold the opening hours and every card, and from 7 to 20 at least."""
    shown = [card for card in cards if card.day in days]
    spans = [span for day in days for span in hours.get(day.weekday(), ())]
    first = min([OPENS, *(card.begins for card in shown), *(opens for opens, _ in spans)])
    last = max([CLOSES, *(card.ends for card in shown), *(closes for _, closes in spans)])
    return first // 60 * 60, min(-(-last // 60) * 60, DAY_MINUTES)


def _closed(open_spans: Sequence[tuple[int, int]], first: int, last: int) -> list[str]:
    edges = [first, *(edge for span in open_spans for edge in span), last]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [_rows(begins - first, ends - begins) for begins, ends in gaps if ends - begins >= STEP]


def _now(day: date, now: datetime, first: int, last: int) -> str:
    minute = now.hour * 60 + now.minute
    return f"s{(minute - first) // STEP}" if day == now.date() and first <= minute < last else ""


def _rows(begins: int, minutes: int) -> str:
    return f"s{begins // STEP} n{max(minutes // STEP, 1)}"


def _lane(lane: int, of: int) -> str:
    """Of one lane nothing has to be said; beyond `LANES` some lie upon each other."""
    return "" if of == 1 else f" l{(lane - 1) % LANES + 1}-{min(of, LANES)}"


@dataclass(frozen=True, slots=True)
class DayOfStrip:
    """A day of the week at the top of a phone."""

    day: date
    address: str  # a place on the page, or the page of that day
    today: bool
    chosen: bool
    used: bool


def strip_of(wanted: Asked, cards: Sequence[Card], today: date) -> list[DayOfStrip]:
    """The days of the week that is shown, or in which the day is; none beside a month or a list."""
    if wanted.view not in ("day", "week"):
        return []
    week = replace(wanted, view="week")
    used = {card.day for card in cards}
    return [
        DayOfStrip(
            day,
            f"#day-{day}" if wanted.view == "week" else wanted.address(on=day),
            day == today,
            wanted.view == "day" and day == wanted.on,
            wanted.view == "week" and day in used,
        )
        for day in week.days
        if wanted.view == "day" or day.weekday() < 5 or day in used
    ]


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """One cell of the month."""

    day: date
    inside: bool
    today: bool
    holiday: str
    cards: Sequence[Card]


def weeks_of(
    wanted: Asked, cards: Sequence[Card], organization: Mapping[str, Any], today: date
) -> list[list[DayOfMonth]]:
    """The month in rows of seven days."""
    holidays = {holiday["on"]: holiday["name"] for holiday in organization["holidays"]}
    days = [
        DayOfMonth(
            day,
            day.month == wanted.on.month,
            day == today,
            holidays.get(day.isoformat(), ""),
            [card for card in cards if card.day == day and not card.off and not card.continues],
        )
        for day in wanted.days
    ]
    return [days[at : at + 7] for at in range(0, len(days), 7)]


def days_of(wanted: Asked, cards: Sequence[Card]) -> list[tuple[date, list[Card]]]:
    """The days that have anything, with everything of each."""
    by_day = {day: [card for card in cards if card.day == day and not card.continues] for day in wanted.days}
    return [(day, sorted(found, key=lambda card: (card.begins, card.id))) for day, found in by_day.items() if found]
