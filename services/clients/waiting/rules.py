"""What holds of the waiting list: who may be on it, and what they may wish for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS_OF_DAY: Final = ("morning", "afternoon", "evening")
WAITS: Final = "prospective"  # the status of those who may be on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Since when somebody waits (None: from today on), and what for. Without weekdays any day will do."""

    since: date | None = None
    weekdays: tuple[str, ...] = ()
    part_of_day: str | None = None
    note: str | None = None
