"""From when on somebody counts as not seen. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

DAYS_MAX: Final = 3_650
# What active clients have booked who stand in their report.
ANYTHING: Final = "anything"
NOTHING: Final = "nothing"


def not_seen_since(today: date, days: int) -> date:
    """The first day of which a visit still counts: who was here exactly `days` days ago was not seen for `days` days.

    >>> not_seen_since(date(2026, 11, 28), 60)
    datetime.date(2026, 9, 30)
    """
    return today - timedelta(days=days - 1)
