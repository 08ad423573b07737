"""How client money is shared out, and what it is refused for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from services.billing.invoices.rules import STATUSES
from services.billing.ledger.rules import ensure_in_order
from shared.errors import Conflict, FieldError, Invalid

METHODS = ("cash", "check", "card", "other")
DAYS_MAX = 366  # that one sum by day covers
ISSUED = frozenset(STATUSES) - {"draft", "void"}  # what money may lie on

STATUSES_OF_PAYMENTS = ("received", "void", "bounced")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share:
    """`amount_cents` (more than 0) of a payment for one invoice."""

    invoice_id: UUID
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """Money received from a client: `amount_cents` (more than 0), of which `shares` go to the invoices they name.

    Without shares (None) the oldest invoices are paid first; what is left over, or no share at all, is credit.
    """

    client_id: UUID
    amount_cents: int
    method: str
    received_on: date
    reference: str | None
    shares: tuple[Share, ...] | None


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """`amount_cents` (more than 0) of a payment's credit to be given back, and why."""

    amount_cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """How much of a client's credit goes on an invoice; None: as much as there is and as is due."""

    amount_cents: int | None


class NothingToApply(Conflict):
    """There is no credit, or nothing is due."""

    code = "nothing_to_apply"
    detail = "The client has no credit, or this invoice has nothing due."


class NotIssued(Conflict):
    """Money goes to issued invoices only."""

    code = "not_issued"
    detail = "This invoice is a draft, or it is void. Money goes on issued invoices alone."

    @classmethod
    def field(cls, field: str, invoice_id: UUID) -> NotIssued:
        """A refusal because of the invoice that `field` names; "" where the path does."""
        return cls(errors=[FieldError(field, cls.code, cls.detail, str(invoice_id))])


def share_out(amount_cents: int, dues: Iterable[tuple[T, int]]) -> list[tuple[T, int]]:
    """`amount_cents` over what is due, first come first served: pairs of thing and cents, each more than 0.

    Never more than is due of each; what exceeds all dues is left over.
    """
    shares = []
    for thing, due_cents in dues:
        share = min(amount_cents, due_cents)
        if share > 0:
            shares.append((thing, share))
            amount_cents -= share
    return shares


def ensure_within(amount_cents: int, limit_cents: int, field: str, code: str, detail: str) -> None:
    """Raises `Invalid` naming `field` when an amount is above its limit."""
    if amount_cents > limit_cents:
        raise Invalid.field(field, code, detail)


def ensure_few_days(first: date, last: date) -> None:
    """Raises `Invalid` naming `to`, unless `last` is `first` or up to `DAYS_MAX` days with it."""
    ensure_in_order(first, last)
    if last - first >= timedelta(DAYS_MAX):
        raise Invalid.field("to", "too_many_days", f"Ask for at most {DAYS_MAX} days.")
