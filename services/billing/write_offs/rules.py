"""What may be written off of an invoice, why, and how much of it without Administration."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Conflict, Invalid
from shared.money import in_dollars


@dataclass(frozen=True, slots=True)
class WriteOffFacts:
    """`amount_cents` (more than 0) of what a client owes of an invoice, which the practice gives up, and why."""

    amount_cents: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """Why a write-off no longer counts."""

    reason: str


class AlreadyReversed(Conflict):
    """A write-off is reversed once."""

    code = "already_reversed"
    detail = "This write-off was reversed already, or its invoice was voided."


class WrittenOff(Conflict):
    """A line of which a part was written off is not replaced: what the client would owe then is for a person to say."""

    code = "written_off"
    detail = "A part of this invoice is written off. Reverse the write-off, accept the amendment, then write off anew."


class AboveLimit(Invalid):
    """More than the practice lets somebody give up who may not exceed its limit."""

    denies = True


def ensure_within_limit(amount_cents: int, written_off_cents: int, limit_cents: int | None) -> None:
    """Raises `AboveLimit` (`above_limit`) where this and what is written off already are above the practice's limit.

    All write-offs of an invoice count together, so several small ones cannot exceed the limit. None: no limit.
    """
    if limit_cents is None or written_off_cents + amount_cents <= limit_cents:
        return
    left = max(0, limit_cents - written_off_cents)
    detail = f"The practice's limit is {in_dollars(limit_cents)} for an invoice."
    if written_off_cents:
        detail += f" {in_dollars(left)} of it is left."
    detail += " Administration may write off more."
    raise AboveLimit.field("amount_cents", "above_limit", detail, str(limit_cents))


def ensure_due(amount_cents: int, due_cents: int) -> None:
    """Raises `Invalid` (`more_than_due`) for more than the client owes of the invoice."""
    if amount_cents > due_cents:
        raise Invalid.field("amount_cents", "more_than_due", "This is more than is due.", str(due_cents))


def ensure_nothing_written_off(written_off_cents: int) -> None:
    """Raises `WrittenOff` unless nothing of an invoice is written off."""
    if written_off_cents:
        raise WrittenOff()
