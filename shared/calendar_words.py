"""Days and times as a sentence says them: American words and a 12-hour clock, as the pages show them. Pure."""

from __future__ import annotations

from datetime import date, time
from typing import Final

END_OF_DAY: Final = "24:00"  # how the API writes it, where opening hours end with the day


def day_in_words(day: date) -> str:
    """A day with its year: `November 18, 2026`."""
    return f"{day:%B} {day.day}, {day.year}"


def time_in_words(at: time) -> str:
    """A time of day, to the minute: `8:30 am`. Noon is `12:00 pm`."""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'am' if at.hour < 12 else 'pm'}"


def clock_in_words(clock: str) -> str:
    """The same of a time as the API writes it, `08:30`; `midnight` for the end of a day. Raises `ValueError`."""
    return "midnight" if clock == END_OF_DAY else time_in_words(time.fromisoformat(clock))
