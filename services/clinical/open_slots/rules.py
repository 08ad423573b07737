"""Which times are free and suit somebody. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from services.clinical.opening_hours.rules import WEEKDAYS, OpeningHours, Span, open_spans
from shared import clock

DAYS_MAX: Final = 28
WISHES_MAX: Final = 50
SLOTS_MAX: Final = 20  # for each wish
CLINICIANS_MAX: Final = 20  # who are looked at where nobody is wished for
MINUTES: Final = 60  # of a wish without a service
STEP: Final = timedelta(minutes=15)  # on the quarter hour a free time begins
# From which hour until which.
PARTS_OF_DAY: Final[Mapping[str, tuple[int, int]]] = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
# Of a practice that has not said when it is open: from eight to eight, from Monday to Friday unless a wish names days.
ANY_TIME: Final = (8, 20)
WORKING_DAYS: Final = WEEKDAYS[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What suits somebody. None: any clinician, any hour; without weekdays any day will do."""

    staff_id: UUID | None = None
    service_type_id: UUID | None = None
    weekdays: tuple[str, ...] = ()
    part_of_day: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A free time of a clinician. In the order in which it is offered: the earliest first, then by the clinician."""

    starts_at: datetime
    clinician: int  # the place in the list of clinicians
    ends_at: datetime = field(compare=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Some days of a practice: its hours, its time zone, from which instant on, and what takes each one's time."""

    hours: OpeningHours
    time_zone: str
    now: datetime
    days: Sequence[date]
    busy: Mapping[UUID, Sequence[Span]]

    def free(self, wish: Wish, clinicians: Sequence[UUID], minutes: int, limit: int) -> list[Slot]:
        """The first `limit` times of that length that suit, of these clinicians. Those of one do not overlap."""
        found: list[Slot] = []
        for day in self.days:
            spans = self._spans(wish, day)
            on_day = [
                Slot(starts_at, place, starts_at + timedelta(minutes=minutes))
                for place, staff_id in enumerate(clinicians)
                for span in spans
                for starts_at in self._starts(span, self.busy.get(staff_id, ()), timedelta(minutes=minutes))
            ]
            found += sorted(on_day)[: limit - len(found)]
            if len(found) == limit:
                break
        return found

    def _spans(self, wish: Wish, day: date) -> list[Span]:
        """When the practice is open on a day that suits, within the part of the day that suits; never in the past."""
        weekday = WEEKDAYS[day.weekday()]
        if wish.weekdays and weekday not in wish.weekdays:
            return []
        if self.hours.week:
            spans = open_spans(self.hours, day, self.time_zone)
        elif self.hours.holiday(day) is None and (wish.weekdays or weekday in WORKING_DAYS):
            spans = [self._hours(day, *ANY_TIME)]
        else:
            spans = []
        begins, ends = self._hours(day, *PARTS_OF_DAY.get(wish.part_of_day or "", (0, 24)))
        clipped = [(max(opens, begins, self.now), min(closes, ends)) for opens, closes in spans]
        return [(opens, closes) for opens, closes in clipped if opens < closes]

    def _hours(self, day: date, first: int, last: int) -> Span:
        return self._at(day, first), self._at(day, last)

    def _at(self, day: date, hour: int) -> datetime:
        """When clocks show that full hour; 24 is the end of the day."""
        day, of_day = day + timedelta(days=hour // 24), time(hour % 24)
        return datetime.combine(day, of_day, clock.zone(self.time_zone)).astimezone(UTC)

    def _starts(self, span: Span, busy: Sequence[Span], lasts: timedelta) -> Iterator[datetime]:
        """Where free times of that length begin within a span; `busy` in order of the starts."""
        opens, closes = span
        at = opens
        for begins, ends in [*busy, (closes, closes)]:
            if ends <= at and begins < closes:
                continue
            at = self._next_quarter(at)
            while at + lasts <= min(begins, closes):
                bookable = self._is_bookable(at)
                if bookable:
                    yield at
                at = self._next_quarter(at + (lasts if bookable else STEP))
            at = max(at, ends)
            if at >= closes:
                return

    def _next_quarter(self, instant: datetime) -> datetime:
        """That instant or the next at which a quarter of an hour begins: no zone of today is off by less."""
        beyond = timedelta(minutes=instant.minute % 15, seconds=instant.second, microseconds=instant.microsecond)
        return instant if not beyond else instant - beyond + STEP

    def _is_bookable(self, instant: datetime) -> bool:
        """Whether what clocks show then names that instant: of an hour that comes twice, the first one."""
        return clock.local_to_utc(clock.utc_to_local(instant, self.time_zone), self.time_zone) == instant
