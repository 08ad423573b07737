"""What holds of handing one client's work over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.errors import Conflict, Invalid, Refusal

MOVED_MAX: Final = 100  # of each kind at once; the rest by asking again


class SharedAppointment(Conflict):
    """Another clinician for one client would be another clinician for all who come."""

    code = "shared_appointment"
    detail = "Other clients come to this appointment too. Change its clinician on the agenda, or take the client off."


@dataclass(frozen=True, slots=True)
class HandOver:
    """Whose work with which client goes to whom. None: all of a kind that there is and the actor may move."""

    client_id: UUID
    to_staff_id: UUID
    appointments: tuple[UUID, ...] | None = None
    drafts: tuple[UUID, ...] | None = None
    cases: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """What stayed where it is, and why."""

    kind: str
    id: UUID
    code: str
    detail: str

    @classmethod
    def by(cls, kind: str, identifier: UUID, refusal: Refusal) -> Refused:
        """What a refusal says of this one; of several reasons the first."""
        first = refusal.errors[0] if refusal.errors else refusal
        return cls(kind, identifier, refusal.code, first.detail)


def ensure_another(staff_id: UUID, to_staff_id: UUID) -> None:
    """Raises `Invalid` where somebody would take over from themselves."""
    if staff_id == to_staff_id:
        raise Invalid.field("to_staff_id", "same", "Choose somebody else: this is whose work it is.")
