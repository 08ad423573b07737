"""What holds of the waiting list: who may be on it, and what they may wish for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS_OF_DAY: Final = ("morning", "afternoon", "evening")
NAMED: Final = ("staff_id", "service_type_id")  # what a wish names by its id
WAITS: Final = "prospective"  # the status of those who may be on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Since when somebody waits (None: from today on), and what for.

    Without weekdays any day will do, without a clinician anybody, without a service any that is usual.
    """

    since: date | None = None
    weekdays: tuple[str, ...] = ()
    part_of_day: str | None = None
    staff_id: UUID | None = None
    service_type_id: UUID | None = None
    note: str | None = None

    @classmethod
    def of(cls, since: date, wish: Mapping[str, Any]) -> Waiting:
        """A stored place."""
        staff_id, service_type_id = (UUID(wish[name]) if wish.get(name) else None for name in NAMED)
        return cls(
            staff_id=staff_id,
            service_type_id=service_type_id,
            since=since,
            weekdays=tuple(wish.get("weekdays", ())),
            part_of_day=wish.get("part_of_day"),
            note=wish.get("note"),
        )

    @property
    def wish(self) -> dict[str, Any]:
        """What they wait for, as it is stored."""
        named = {name: getattr(self, name) for name in NAMED}
        return {
            "weekdays": list(self.weekdays),
            "part_of_day": self.part_of_day,
            **{name: str(identifier) for name, identifier in named.items() if identifier is not None},
            "note": self.note,
        }
