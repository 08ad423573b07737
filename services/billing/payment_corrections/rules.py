"""What undoing a payment takes, and what it is refused for."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Conflict

UNDONE_AS = {"void": "payment_void", "bounced": "bounce"}  # the kind of the entry that reverses the money


@dataclass(frozen=True, slots=True)
class Undo:
    """What became of a payment, `void` (entered in error) or `bounced` (the bank took it back), and why."""

    undone: str
    reason: str | None


class PaymentUndone(Conflict):
    """A payment is undone once."""

    code = "already_void"
    detail = "This payment is void already, or it bounced."


class Refunded(Conflict):
    """Money that was given back cannot be taken back as well."""

    code = "refunded"
    detail = "A part of this payment was refunded, so it can be neither voided nor marked as bounced."


class CannotBounce(Conflict):
    """A bank takes nothing back of what was paid in cash."""

    code = "cannot_bounce"
    detail = "A payment in cash does not bounce. Void it if it was entered in error."


def ensure_may_undo(undo: Undo, *, method: str, undone: bool, refunded: bool) -> None:
    """Raises `PaymentUndone`, `Refunded`, `CannotBounce`."""
    if undone:
        raise PaymentUndone()
    if refunded:
        raise Refunded()
    if undo.undone == "bounced" and method == "cash":
        raise CannotBounce()
