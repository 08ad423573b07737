"""Which status follows which, and when. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.clinical.agenda.rules import FOREMOST, OCCUPYING
from shared.errors import Conflict, FieldError

HAPPENED: Final = ("arrived",)
EXPECTED: Final = ("booked", "confirmed")  # nobody has said yet what became of it
# What nobody knows before it begins.
ONCE_BEGUN: Final = frozenset({"arrived", "no_show"})

# From each status to the ones it may become. Mistakes can be corrected until the appointment is documented.
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "booked": frozenset({"confirmed", "arrived", "no_show", "late_cancelled", "cancelled"}),
    "confirmed": frozenset({"booked", "arrived", "no_show", "late_cancelled", "cancelled"}),
    "arrived": frozenset({"booked", "confirmed", "no_show"}),
    "no_show": frozenset({"booked", "confirmed", "arrived", "late_cancelled"}),
    "late_cancelled": frozenset({"booked", "confirmed", "no_show", "cancelled"}),
    "cancelled": frozenset({"booked", "confirmed", "late_cancelled"}),
}


class StatusNotPossible(Conflict):
    """No way leads from the one status to the other."""

    code = "status_not_possible"


class Documented(Conflict):
    """There is a signed note: what happened is on record."""

    code = "documented"
    detail = "This appointment is documented. Amend the note instead."


class NotStarted(Conflict):
    """What has not begun has not happened: it is not marked as kept or missed, and not signed for."""

    code = "not_started"
    detail = "The appointment has not begun yet."


class NotAttended(Conflict):
    """What did not take place is not documented as a service."""

    code = "not_attended"
    detail = "The appointment is not marked as kept."


@dataclass(frozen=True, slots=True)
class NewStatus:
    """What happened to an appointment; why, where somebody says so; and why a conflict is accepted, if one is.

    `client_id`: for which of its clients; None: for all who have not called off or stayed away by themselves.
    """

    status: str
    reason: str | None
    override_reason: str | None = None
    client_id: UUID | None = None


def of_all(statuses: Iterable[str]) -> str:
    """What became of an appointment, from what became of it for each of its clients."""
    return min(statuses, key=FOREMOST.index)


def ensure_transition(before: str, after: str) -> None:
    """Raises `StatusNotPossible` unless the status may change that way; staying the same may."""
    if before != after and after not in TRANSITIONS[before]:
        detail = f"An appointment that is {before} cannot become {after}."
        raise StatusNotPossible(detail, errors=[FieldError("status", StatusNotPossible.code, detail, before)])


def ensure_begun(after: str, starts_at: datetime, now: datetime) -> None:
    """Raises `NotStarted` for a status that says what happened, of an appointment that begins later."""
    if after in ONCE_BEGUN and starts_at > now:
        begins = starts_at.isoformat().replace("+00:00", "Z")
        raise NotStarted(errors=[FieldError("status", NotStarted.code, NotStarted.detail, begins)])


def ensure_is_to_take_place(status: str) -> None:
    """Raises `NotAttended` for an appointment that was cancelled or missed: nothing is written about it."""
    if status not in OCCUPYING:
        detail = "This appointment was cancelled or missed. Set its status right before you write about it."
        raise NotAttended(detail, errors=[FieldError("", NotAttended.code, detail, status)])
