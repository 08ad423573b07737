"""Who decides about a submitted note, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.clinical.last_word.rules import Supervision
from shared.errors import Conflict, FieldError, Forbidden

# What a supervisor does in each mode, as the version and the history of the note say it.
COUNTERSIGNATURES: Final = {"approve": "approved", "co_sign": "co_signed"}


class NotSubmitted(Conflict):
    """There is nothing to decide about."""

    code = "not_submitted"
    detail = "This note does not wait for the supervisor."


class OwnNote(Forbidden):
    """Four eyes are two people's."""

    code = "own_note"
    detail = "Nobody approves, co-signs or returns their own note."


class NotSupervisor(Forbidden):
    """The supervisor whom the staff record names decides, and nobody else."""

    code = "not_supervisor"
    detail = "Only the author's supervisor decides about this note."


class OtherMode(Conflict):
    """The author's notes are approved, not co-signed, or the other way round."""

    code = "other_mode"


class SupervisedThemselves(Conflict):
    """Whose own signature is not the last word gives none to the note of another."""

    denies = True
    code = "supervised"
    detail = (
        "Somebody has the last word on your own notes, so you cannot have it on this one. Send it back, or have another"
        " supervisor chosen for its author."
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody about to decide about a note. `supervision` None: nobody has to."""

    staff_id: UUID | None
    author_id: UUID
    supervision: Supervision | None
    review: str | None


def ensure_may_decide(decision: Decision, mode: str | None = None) -> None:
    """Raises `OwnNote`, `NotSupervisor`, `NotSubmitted`; and `OtherMode` unless the author's mode is `mode`, if any."""
    if decision.staff_id == decision.author_id:
        raise OwnNote()
    if decision.supervision is None or decision.supervision.supervisor_id != decision.staff_id:
        raise NotSupervisor()
    if decision.review != "submitted":
        raise NotSubmitted()
    if mode is not None and mode != decision.supervision.mode:
        usual = "approved" if decision.supervision.mode == "approve" else "co-signed"
        detail = f"The notes of this author are {usual}."
        raise OtherMode(detail, errors=[FieldError("", OtherMode.code, detail, decision.supervision.mode)])
