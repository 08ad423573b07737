"""When an appointment is still to be changed, and what a change makes of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from services.clinical.agenda import rules as agenda
from services.clinical.agenda.rules import Place
from services.clinical.attendance.rules import ONCE_BEGUN, NotStarted
from shared import clock
from shared.changes import UNSET, Changes, Unset
from shared.errors import Conflict, FieldError

TAKES_TIME: Final = frozenset({"starts_at_local", "time_zone", "duration_minutes"})


class NoteBegun(Conflict):
    """A note is its author's service, and says on which day it was given."""

    code = "note_begun"
    detail = "Somebody has begun a note about this appointment. Its author can discard it."


class RosterDiffers(Conflict):
    """Other clients come on the other day, and whether they have time nobody has looked."""

    code = "roster_differs"
    detail = "Other clients belong to the group on that day. Cancel this appointment, and book the group for that day."


@dataclass(frozen=True, slots=True)
class AppointmentChanges(Changes):
    """What is to be otherwise, and why a conflict is accepted, if one is. null: no location; place not said."""

    starts_at_local: datetime | Unset = UNSET
    time_zone: str | Unset = UNSET
    duration_minutes: int | Unset = UNSET
    staff_id: UUID | Unset = UNSET
    service_type_id: UUID | Unset = UNSET
    location_id: UUID | Unset | None = UNSET
    place_of_service: str | Unset | None = UNSET
    telehealth: bool | Unset | None = UNSET
    override: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Booked:
    """What can be otherwise of an appointment, in the words of the API."""

    starts_at_local: datetime
    time_zone: str
    duration_minutes: int
    staff_id: UUID
    service_type_id: UUID
    location_id: UUID | None
    place_of_service: str | None
    telehealth: bool | None

    def span(self) -> tuple[datetime, datetime]:
        """The instants at which it starts and ends. Raises `Invalid` for a time that clocks skip."""
        starts_at = clock.local_to_utc(self.starts_at_local, self.time_zone)
        return starts_at, starts_at + timedelta(minutes=self.duration_minutes)


def changed(before: Booked, changes: AppointmentChanges, place_of_location: str | None) -> Booked:
    """What an appointment becomes: what is left out stays, and its length stays when it moves.

    `place_of_location`: the code of the location that it has from then on. Another location brings its own place along,
    but for telehealth, which needs no location. Raises `Invalid`.
    """
    named = changes.given()
    named.pop("override", None)
    place = Place(before.place_of_service, before.telehealth)
    if named.keys() & {"place_of_service", "telehealth"}:
        place = agenda.place(Place(named.get("place_of_service"), named.get("telehealth")), place_of_location)
    elif "location_id" in named and changes.location_id != before.location_id:
        place = agenda.place(Place(None, before.telehealth or None), place_of_location)
    return replace(before, **{**named, "place_of_service": place.code, "telehealth": place.telehealth})


def differences(before: Booked, after: Booked) -> dict[str, str | None]:
    """What is otherwise: the field's value from then on, as the API writes it; None where it was emptied."""
    return {
        name: _written(getattr(after, name))
        for name in Booked.__slots__
        if getattr(before, name) != getattr(after, name)
    }


def ensure_not_too_late(status: str, starts_at: datetime, now: datetime) -> None:
    """Raises `NotStarted` where something that is marked as kept or missed would begin later than now."""
    if status in ONCE_BEGUN and starts_at > now:
        detail = "This appointment is marked as kept or missed, so it cannot be moved ahead. Set its status back first."
        raise NotStarted(detail, errors=[FieldError("starts_at_local", NotStarted.code, detail, status)])


def ensure_notes_allow(differing: dict[str, str | None], days_of_notes: list[date | None], day: date) -> None:
    """Raises `NoteBegun` for what a note that somebody has begun decides: the clinician, and the day that it names.

    `days_of_notes`: for each note, the day on which it says that the service began; None where it does not say.
    """
    if days_of_notes and "staff_id" in differing:
        raise NoteBegun()
    if any(day_of_note is not None and day_of_note != day for day_of_note in days_of_notes):
        detail = "A note about this appointment says on which day it was given. Its author can change or discard it."
        raise NoteBegun(detail, errors=[FieldError("starts_at_local", NoteBegun.code, detail, day.isoformat())])


def _written(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
