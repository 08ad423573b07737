"""Which status follows which, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.errors import Conflict, FieldError

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


@dataclass(frozen=True, slots=True)
class NewStatus:
    """What happened to an appointment; why, where somebody says so; and why a conflict is accepted, if one is."""

    status: str
    reason: str | None
    override_reason: str | None = None


def ensure_transition(before: str, after: str) -> None:
    """Raises `StatusNotPossible` unless the status may change that way; staying the same may."""
    if before != after and after not in TRANSITIONS[before]:
        detail = f"An appointment that is {before} cannot become {after}."
        raise StatusNotPossible(detail, errors=[FieldError("status", StatusNotPossible.code, detail, before)])
