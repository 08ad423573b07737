"""What holds of appointments. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from shared.calendar_words import day_in_words
from shared.durations import SERVICE_MINUTES_MAX
from shared.errors import Conflict, FieldError, Forbidden, Invalid

LONGEST: Final = timedelta(minutes=SERVICE_MINUTES_MAX)  # the table's constraint holds it too
CLIENTS_MAX: Final = 30
AGENDA_DAYS_MAX: Final = 62
# No clocks are further from UTC.
FURTHEST_EAST: Final = timedelta(hours=15)
FURTHEST_WEST: Final = timedelta(hours=13)
# A booking lies within ten years of today at the practice: nobody means another date.
BOOKABLE: Final = timedelta(days=3_653)
AGENDA_ITEMS_MAX: Final = 2_000
CLINICIANS_MAX: Final = 20  # whose agenda is asked for at once
AT_HOME: Final = "10"
TELEHEALTH_PLACES: Final = (AT_HOME, "02")  # CMS: telehealth, the client at home; elsewhere

# In these an appointment takes up its clinician's and its clients' time.
OCCUPYING: Final = ("booked", "confirmed", "arrived")

STATUSES: Final = ("booked", "confirmed", "arrived", "no_show", "late_cancelled", "cancelled")


# What one client's status makes of an appointment with several: the first of these that anybody has.
FOREMOST: Final = ("arrived", "booked", "confirmed", "no_show", "late_cancelled", "cancelled")


class SlotTaken(Conflict):
    """Clinician or client is busy at that time, or the practice is closed; `errors` says which, and by what."""

    code = "conflict"
    detail = "The time is taken."


class ColleaguesAppointment(Forbidden):
    """Somebody who sees assigned clients only tried to change what a colleague gives, perhaps to others as well."""

    code = "colleagues_appointment"
    detail = "Your organization shows you assigned clients only. Ask the clinician or the front desk to change this."


class NotWhereTelehealthIs(Invalid):
    """A place of service and telehealth contradict each other."""

    code = "not_where_telehealth_is"


class CannotDocument(Invalid):
    """Nobody else's note bills a session, so a clinician is somebody who writes and signs notes."""

    code = "cannot_document"
    detail = "This member of staff cannot document: they have not joined, or have no level that signs notes."


class OutOfSpan(Invalid):
    """A date that nobody means."""

    code = "out_of_span"


class AgendaTooLong(Invalid):
    """More than one page of a calendar."""

    code = "agenda_too_long"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is given: a CMS place of service code, and whether by telehealth. None where nobody said."""

    code: str | None = None
    telehealth: bool | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """Time that an appointment takes of its clinician and of its clients. `of`: the appointment that has it already."""

    staff_id: UUID
    client_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    of: UUID | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants at which it starts and ends."""
        return self.starts_at, self.ends_at


def place(given: Place, otherwise: str | None) -> Place:
    """The place that `said` means; `otherwise` is the code of the location, for what it leaves out.

    Telehealth takes place where the client is, so it is at home (10) unless a code says elsewhere (02); these two codes
    are telehealth's alone. Raises `NotWhereTelehealthIs` for a code and a word that contradict each other.
    """
    if given.code is not None:
        by_telehealth = given.code in TELEHEALTH_PLACES
        if given.telehealth is not None and given.telehealth != by_telehealth:
            detail = "10 (at home) and 02 (elsewhere) are the places of service of telehealth, and of nothing else."
            raise NotWhereTelehealthIs.field("place_of_service", NotWhereTelehealthIs.code, detail)
        return Place(given.code, by_telehealth)
    by_telehealth = otherwise in TELEHEALTH_PLACES
    if given.telehealth is None:
        return Place(otherwise, None if otherwise is None else by_telehealth)
    if given.telehealth == by_telehealth:
        return Place(otherwise, given.telehealth)
    return Place(AT_HOME if given.telehealth else None, given.telehealth)


def documented(attendees: Iterable[tuple[str | None, int]]) -> bool:
    """Whether each client who did not miss it has a signed note: pairs of their own status and the note's version."""
    asked_for = [version for status, version in attendees if status is None or status in OCCUPYING]
    return bool(asked_for) and all(asked_for)


def ensure_duration(minutes: int) -> None:
    """Raises `Invalid` for a length that the agenda does not look back for, be it the service's."""
    if not 1 <= minutes <= SERVICE_MINUTES_MAX:
        detail = f"An appointment takes from 1 to {SERVICE_MINUTES_MAX} minutes."
        raise Invalid.field("duration_minutes", "out_of_range", detail, str(SERVICE_MINUTES_MAX))


BUSY: Final = {
    "staff": ("staff_id", "staff_busy", "The clinician has an appointment at that time."),
    "client": ("client_ids", "client_busy", "The client has an appointment at that time."),
}


def slot_taken(
    conflicts: Sequence[tuple[str, UUID]], shown: Collection[UUID], closed: Sequence[FieldError] = ()
) -> SlotTaken:
    """The refusal that names the appointments in the way, never their clients: pairs of `staff` or `client` and an id.

    The ids that are not `shown` are of appointments that the person may not know of: somebody is busy, and no more.
    `closed`: why the practice is closed then.
    """
    named = [
        FieldError(*BUSY[kind], str(appointment_id)) for kind, appointment_id in conflicts if appointment_id in shown
    ]
    # Each once: how many there are is not said either.
    hidden = dict.fromkeys(kind for kind, appointment_id in conflicts if appointment_id not in shown)
    errors = [*named, *(FieldError(*BUSY[kind]) for kind in hidden), *closed]
    return SlotTaken(None if conflicts else "The practice is closed at that time.", errors=errors)


def ensure_bookable(day: date, today: date) -> None:
    """Raises `OutOfSpan` for a day that is ten years or more from today."""
    if abs(day - today) > BOOKABLE:
        first, last = today - BOOKABLE, today + BOOKABLE
        detail = f"Give a day from {day_in_words(first)} through {day_in_words(last)}."
        raise OutOfSpan.field("starts_at_local", OutOfSpan.code, detail, f"{first if day < first else last}")


def ensure_can_document(can_document: bool, field: str = "staff_id") -> None:
    """Raises `CannotDocument` where somebody would be booked whose note nobody gets."""
    if not can_document:
        raise CannotDocument.field(field, CannotDocument.code, CannotDocument.detail)


def days_somewhere(first: date, last: date) -> tuple[datetime, datetime]:
    """From the instant at which the first day begins somewhere to that at which the last one has ended everywhere."""
    begins = datetime.combine(first, datetime.min.time(), tzinfo=UTC)
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    return begins - FURTHEST_EAST, ends + FURTHEST_WEST


def ensure_in_order(first: date | None, last: date | None) -> None:
    """Raises `Invalid` where a span ends before it begins; None is an open end."""
    if first is not None and last is not None and last < first:
        raise Invalid.field("to", "before_from", "`to` comes before `from`.")


def ensure_agenda_span(first: date, last: date) -> None:
    """Raises `Invalid` unless the span is at most two months, from first through last."""
    ensure_in_order(first, last)
    if (last - first).days >= AGENDA_DAYS_MAX:
        raise AgendaTooLong.field("to", AgendaTooLong.code, f"Ask for at most {AGENDA_DAYS_MAX} days.")


def ensure_may_change(*, sees_assigned_only: bool, is_clinician: bool) -> None:
    """Whether somebody who sees an appointment may change it. Raises `ColleaguesAppointment`.

    Who sees assigned clients only may not know of everybody whom it is for, so only its clinician decides among them.
    """
    if sees_assigned_only and not is_clinician:
        raise ColleaguesAppointment()
