"""Whether the practice is open for the whole of an appointment, by the clocks of the place where it is given. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from shared.calendar_words import END_OF_DAY, clock_in_words, day_in_words
from shared.errors import FieldError

FIELD: Final = "starts_at_local"
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of a week, each {weekday, opens, closes} with HH:MM, and the holidays, each {on, name}.

    Without any hours the practice has not said when it is open, and only its holidays count.
    """

    week: Sequence[Mapping[str, Any]]
    holidays: Sequence[Mapping[str, Any]]

    def on(self, day: date) -> list[Mapping[str, Any]]:
        """The hours of that day of the week, in their order."""
        found = [hours for hours in self.week if hours["weekday"] == WEEKDAYS[day.weekday()]]
        return sorted(found, key=lambda hours: str(hours["opens"]))

    def holiday(self, day: date) -> str | None:
        """What the holiday of that day is called; None on any other day."""
        return next((str(row["name"]) for row in self.holidays if row["on"] == day.isoformat()), None)


def closed_at(hours: OpeningHours, starts_at: datetime, ends_at: datetime, time_zone: str) -> list[FieldError]:
    """Why the practice is closed at some time between these instants; empty where it is open throughout.

    `holiday` for each holiday that it touches, else `outside_hours`. `time_zone`: whose clocks the hours are read by.
    An appointment over midnight needs hours up to 24:00 and from 00:00; an hour that clocks show twice is open twice.
    """
    zone = ZoneInfo(time_zone)
    days = list(_days(starts_at.astimezone(zone).date(), (ends_at - timedelta(microseconds=1)).astimezone(zone).date()))
    holidays = [(day, name) for day in days if (name := hours.holiday(day)) is not None]
    if holidays:
        return [_holiday(day, name) for day, name in holidays]
    if not hours.week:
        return []
    open_spans = _joined(_span(day, row, zone) for day in days for row in hours.on(day))
    if any(opens <= starts_at and ends_at <= closes for opens, closes in open_spans):
        return []
    return [_outside(day, hours.on(day)) for day in days if not _open_on(open_spans, day, starts_at, ends_at, zone)]


def open_spans(hours: OpeningHours, day: date, time_zone: str) -> list[Span]:
    """When the practice is open on that day, in order; nothing on a holiday, and where no hours are known."""
    if hours.holiday(day) is not None:
        return []
    zone = ZoneInfo(time_zone)
    return _joined(_span(day, row, zone) for row in hours.on(day))


def _open_on(spans: Sequence[Span], day: date, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether the part of an appointment that lies on a day lies within these spans."""
    begins, ends = max(starts_at, _instant(day, "00:00", zone)), min(ends_at, _instant(day, END_OF_DAY, zone))
    return any(opens <= begins and ends <= closes for opens, closes in spans)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _span(day: date, hours: Mapping[str, Any], zone: ZoneInfo) -> Span:
    return _instant(day, hours["opens"], zone), _instant(day, hours["closes"], zone)


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """When clocks show it. A time that they skip is the moment at which they skip it."""
    if clock == END_OF_DAY:
        return _instant(day + timedelta(days=1), "00:00", zone)
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch are one: from nine to twelve and from twelve to five is from nine to five."""
    found: list[Span] = []
    for opens, closes in sorted(spans):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return found


def _holiday(day: date, name: str) -> FieldError:
    detail = f"The practice is closed on {day_in_words(day)}: {name}."
    return FieldError(FIELD, "holiday", detail, day.isoformat())


def _outside(day: date, hours: Sequence[Mapping[str, Any]]) -> FieldError:
    weekday = WEEKDAYS[day.weekday()]
    spans = " and ".join(f"from {clock_in_words(row['opens'])} to {clock_in_words(row['closes'])}" for row in hours)
    detail = f"The practice is open {spans} on {weekday.capitalize()}s." if hours else ""
    return FieldError(FIELD, "outside_hours", detail or f"The practice is closed on {weekday.capitalize()}s.", weekday)
