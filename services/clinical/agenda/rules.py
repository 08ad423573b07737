"""What holds of appointments. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from shared.errors import Conflict, FieldError, Invalid

DURATION_MINUTES_MAX: Final = 12 * 60
LONGEST: Final = timedelta(minutes=DURATION_MINUTES_MAX)
CLIENTS_MAX: Final = 30
AGENDA_DAYS_MAX: Final = 62
AGENDA_ITEMS_MAX: Final = 2_000
AT_HOME: Final = "10"
TELEHEALTH_PLACES: Final = (AT_HOME, "02")  # CMS: telehealth, the client at home; elsewhere

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


class NotWhereTelehealthIs(Invalid):
    """A place of service and telehealth contradict each other."""

    code = "not_where_telehealth_is"


class AgendaTooLong(Invalid):
    """More than one page of a calendar."""

    code = "agenda_too_long"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is given: a CMS place of service code, and whether by telehealth. None where nobody said."""

    code: str | None = None
    telehealth: bool | None = None


def place(said: Place, otherwise: str | None) -> Place:
    """The place that `said` means; `otherwise` is the code of the location, for what it leaves out.

    Telehealth takes place where the client is, so it is at home (10) unless a code says elsewhere (02); these two codes
    are telehealth's alone. Raises `NotWhereTelehealthIs` for a code and a word that contradict each other.
    """
    if said.code is not None:
        by_telehealth = said.code in TELEHEALTH_PLACES
        if said.telehealth is not None and said.telehealth != by_telehealth:
            detail = "10 (at home) and 02 (elsewhere) are the places of service of telehealth, and of nothing else."
            raise NotWhereTelehealthIs.field("place_of_service", NotWhereTelehealthIs.code, detail)
        return Place(said.code, by_telehealth)
    by_telehealth = otherwise in TELEHEALTH_PLACES
    if said.telehealth is None:
        return Place(otherwise, None if otherwise is None else by_telehealth)
    if said.telehealth == by_telehealth:
        return Place(otherwise, said.telehealth)
    return Place(AT_HOME if said.telehealth else None, said.telehealth)


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
