"""When a proposed change of clients may be made, and why not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from shared.change_codes import BEING_CHANGED, HAS_APPOINTMENTS, READY, SAME_APPOINTMENT
from shared.errors import Conflict

ANSWERING: Final = frozenset({"clinical", "billing"})
ANSWER_SECONDS: Final = 30  # how long answers are waited for
# What is left of a hold when the change is decided, for the decision to arrive in.
ARRIVAL_SECONDS: Final = 30
REASONS: Final[Mapping[str, str]] = {
    "duplicate": "the same person stands there twice",
    "mistake": "they were added by mistake",
    "test": "an entry to try something out",
}


class ClientUsed(Conflict):
    """A client who is to be deleted has been used. What there is of them is said only as far as everybody sees it."""

    code = "used"
    detail = "There are records of this client. Archive them instead."


class SameAppointment(Conflict):
    """Two who are to be merged have a place in one appointment or group, so that they cannot be one person."""

    code = "same_appointment"
    detail = "Both clients are in the same appointment or group. Take one of them out first, or they are two people."


class BeingChanged(Conflict):
    """Somebody else is deleting or merging a client at this moment."""

    code = "being_changed"
    detail = "This client is being changed by somebody else. Look again in a minute."


class NotAnswered(Conflict):
    """A service has said nothing in time, or the decision came too late for what it said."""

    code = "not_answered"
    detail = "A part of Caseload did not answer in time. Nothing was changed. Try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Said:
    """What a service said: a code, until when it holds the clients if it is ready, and whom it does not: id -> code."""

    code: str
    held_until: datetime | None
    used: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Said:
        """As `stored` says it."""
        until = stored["held_until"]
        return cls(stored["code"], datetime.fromisoformat(until) if until else None, stored.get("used", {}))

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON."""
        until = self.held_until.isoformat() if self.held_until else None
        return {"code": self.code, "held_until": until, "used": dict(self.used)}


def ensure_agreed(answers: Mapping[str, Said], now: datetime, answer_by: datetime) -> bool:
    """Whether all have agreed; False: they are still waited for.

    Raises `ClientUsed`, `SameAppointment`, `BeingChanged`, `NotAnswered`.
    """
    codes = {each.code for each in answers.values()}
    if HAS_APPOINTMENTS in codes:
        raise ClientUsed("This client has appointments. Archive them instead.")
    if BEING_CHANGED in codes:
        raise BeingChanged()
    if SAME_APPOINTMENT in codes:
        raise SameAppointment()
    if codes - {READY}:
        raise ClientUsed()
    if answers.keys() < ANSWERING:
        if now >= answer_by:
            raise NotAnswered()
        return False
    decided_by = min(each.held_until or now for each in answers.values()) - timedelta(seconds=ARRIVAL_SECONDS)
    if now >= decided_by:
        raise NotAnswered()
    return True
