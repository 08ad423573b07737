"""What holds of the waiting list: who may be on it, and what they may wish for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from shared.errors import Conflict, Invalid

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS_OF_DAY: Final = ("morning", "afternoon", "evening")
NAMED: Final = ("staff_id", "service_type_id")  # what a wish names by its id
OFFERS_MAX: Final = 10  # that a place shows: the last ones; the history of the client's details keeps all
AHEAD: Final = timedelta(days=366)
WAITS: Final = "prospective"  # the status of those who may be on it


class NotWaiting(Conflict):
    """A time was offered to somebody who is not on the waiting list."""

    code = "not_waiting"
    detail = "The client is not on the waiting list."


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTime:
    """A time of a clinician that is to be offered."""

    staff_id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A time that was offered: of whom, when it begins, and who offered it when."""

    staff_id: UUID
    starts_at: datetime
    offered_by: UUID
    offered_at: datetime

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Offer:
        """A stored offer."""
        return cls(
            staff_id=UUID(stored["staff_id"]),
            starts_at=datetime.fromisoformat(stored["starts_at"]),
            offered_by=UUID(stored["offered_by"]),
            offered_at=datetime.fromisoformat(stored["offered_at"]),
        )

    @property
    def stored(self) -> dict[str, str]:
        """As it is stored."""
        return {
            "staff_id": str(self.staff_id),
            "starts_at": self.starts_at.isoformat(),
            "offered_by": str(self.offered_by),
            "offered_at": self.offered_at.isoformat(),
        }

    def is_of(self, staff_id: UUID, starts_at: datetime) -> bool:
        """Whether that time of that clinician was offered."""
        return (self.staff_id, self.starts_at) == (staff_id, starts_at)


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
    offers: tuple[Offer, ...] = ()  # the last one first

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
            offers=tuple(Offer.of(offer) for offer in wish.get("offers", ())),
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
            **({"offers": [offer.stored for offer in self.offers]} if self.offers else {}),
        }


def ensure_offerable(starts_at: datetime, now: datetime) -> None:
    """Raises `Invalid` for a time that has gone by, or lies more than a year ahead."""
    if not now < starts_at <= now + AHEAD:
        raise Invalid.field("starts_at", "out_of_span", "Offer a time that is to come, within a year.")
