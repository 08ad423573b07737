"""Days and times in a sentence."""

from __future__ import annotations

from datetime import date

import pytest

from shared.calendar_words import clock_in_words, day_in_words


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("00:00", "12:00 am"),
        ("08:30", "8:30 am"),
        ("12:00", "12:00 pm"),
        ("18:05", "6:05 pm"),
        ("23:59", "11:59 pm"),
        ("24:00", "midnight"),
    ],
)
def test_a_time_of_day_is_read_by_a_clock_of_twelve_hours(stored: str, read: str) -> None:
    assert clock_in_words(stored) == read


def test_a_day_is_read_with_its_year_and_without_a_zero_in_front() -> None:
    assert day_in_words(date(2026, 3, 8)) == "March 8, 2026"
