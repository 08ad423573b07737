"""What holds of appointments. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from shared.errors import Conflict, FieldError, Invalid

DURATION_MINUTES_MAX: Final = 12 * 60
LONGEST: Final = timedelta(minutes=DURATION_MINUTES_MAX)
CLIENTS_MAX: Final = 30
AGENDA_DAYS_MAX: Final = 62
AGENDA_ITEMS_MAX: Final = 2_000

# In these an appointment takes up its clinician's and its clients' time.
OCCUPYING: Final = ("booked", "confirmed", "arrived")

# From each status to the ones it may become. Mistakes can be corrected until the appointment is documented.
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "booked": frozenset({"confirmed", "arrived", "no_show", "late_cancelled", "cancelled"}),
    "confirmed": frozenset({"booked", "arrived", "no_show", "late_cancelled", "cancelled"}),
    "arrived": frozenset({"booked", "confirmed", "no_show"}),
    "no_show": frozenset({"booked", "confirmed", "arrived", "late_cancelled"}),
    "late_cancelled": frozenset({"booked", "confirmed", "no_show", "cancelled"}),
    "cancelled": frozenset({"booked", "confirmed", "late_cancelled"}),
}
STATUSES: Final = tuple(TRANSITIONS)


class SlotTaken(Conflict):
    """Clinician or client is busy at that time; `errors` names the appointments."""

    code = "conflict"
    detail = "The time is taken."


class StatusNotPossible(Conflict):
    """No way leads from the one status to the other."""

    code = "status_not_possible"


class Documented(Conflict):
    """There is a signed note: what happened is on record."""

    code = "documented"
    detail = "This appointment is documented. Amend the note instead."


class AgendaTooLong(Invalid):
    """More than one page of a calendar."""

    code = "agenda_too_long"


def overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> bool:
    """Whether two half-open intervals share a moment: what ends at 11:00 leaves 11:00 free."""
    return start < other_end and other_start < end


def ensure_transition(before: str, after: str) -> None:
    """Raises `StatusNotPossible` unless the status may change that way; staying the same may."""
    if before != after and after not in TRANSITIONS[before]:
        detail = f"An appointment that is {before} cannot become {after}."
        raise StatusNotPossible(detail, errors=[FieldError("status", StatusNotPossible.code, detail, before)])


def slot_taken(by_staff: Sequence[UUID | None], by_client: Sequence[UUID]) -> SlotTaken:
    """The refusal that names the appointments in the way, never their clients. None: one that nobody has looked up."""
    detail = "The clinician has an appointment at that time."
    staff = [FieldError("staff_id", "staff_busy", detail, str(one) if one else None) for one in by_staff]
    detail = "The client has an appointment at that time."
    clients = [FieldError("client_ids", "client_busy", detail, str(one)) for one in by_client]
    return SlotTaken(errors=[*staff, *clients])


def ensure_agenda_span(first: date, last: date) -> None:
    """Raises `Invalid` unless the span is at most two months, from first through last."""
    if last < first:
        raise Invalid.field("to", "before_from", "`to` comes before `from`.")
    if (last - first).days >= AGENDA_DAYS_MAX:
        raise AgendaTooLong.field("to", AgendaTooLong.code, f"Ask for at most {AGENDA_DAYS_MAX} days.")
