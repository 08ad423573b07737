"""What holds of the waiting list: who may be on it, and what they may wish for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

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

    @classmethod
    def of(cls, since: date, wish: Mapping[str, Any]) -> Waiting:
        """A stored place."""
        return cls(
            since=since,
            weekdays=tuple(wish.get("weekdays", ())),
            part_of_day=wish.get("part_of_day"),
            note=wish.get("note"),
        )
