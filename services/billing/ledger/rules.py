"""What a journal entry is: legs that sum to zero, and which of them a client's ledger shows.

Debit is positive, credit negative, in cents. Every amount a practice is owed, received or gave back moves
between the accounts below; nothing is ever changed, corrections are further entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Invalid

AR_CLIENT = "AR:Client"
AR_PAYER = "AR:Payer"  # followed by the payer's rank: AR:Payer1
CLIENT_CREDIT = "ClientCredit"  # client money that is not applied to a line
WRITE_OFFS = {"courtesy": "Adj:Courtesy", "small_balance": "Adj:SmallBalance", "bad_debt": "Exp:BadDebt"}  # by kind
REVENUE = {"cpt": "Rev:Service", "other": "Rev:Other"}  # by the kind of the service
RECEIPTS = {  # by the method of a payment: where the money is until it is in the bank
    "cash": "Undeposited:Cash",
    "check": "Undeposited:Check",
    "card": "Clearing:Card",
    "other": "Clearing:Other",
}
KINDS = {  # of the entries that a client's ledger shows
    "charge": "an invoice, or the line that an amendment put in",
    "payment": "money that came in",
    "refund": "credit that was given back",
    "payment_void": "a payment that was entered in error",
    "bounce": "a payment that the bank took back",
    "void": "an invoice that no longer counts",
    "reversal": "a line that an amendment took out",
    "write_off": "a part of an invoice that the practice gave up",
    "write_off_reversal": "a write-off that no longer counts",
    "allocation": "credit that was put on an invoice of another client, or that came from theirs: the two were merged",
    "release": "such credit that was taken off the invoice again",
}
# What who may not see the other client is told of an entry across two of them, on the side of who paid.
ON_SOMEBODY_ELSES = {
    "allocation": "Credit put on an invoice of somebody else",
    "release": "Credit taken off an invoice of somebody else",
}
MONEY_KINDS = ("payment", "refund", "payment_void", "bounce")  # money that came in, less what went out again


@dataclass(frozen=True, slots=True)
class Window:
    """Some of a ledger: entries on the days from `first` through `last`, of these kinds. None: no limit."""

    first: date | None
    last: date | None
    kinds: tuple[str, ...] | None

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole ledger."""
        return self.first is None and self.last is None and self.kinds is None


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry: `amount_cents` into (+) or out of (-) an account, for a line or a payment."""

    account: str
    amount_cents: int
    invoice_id: UUID | None = None
    line_id: UUID | None = None
    payment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """What an entry does to a client: to what they owe, to their credit, to what insurers owe for them.

    `written_off_cents`: what the practice no longer asks of the client.
    """

    receivable_cents: int
    credit_cents: int
    insurance_due_cents: int
    written_off_cents: int = 0

    @property
    def balance_cents(self) -> int:
        """The change of the client's balance: what they owe less their credit."""
        return self.receivable_cents - self.credit_cents


class Unbalanced(Exception):
    """A programming fault, not a refusal: an entry whose legs do not sum to zero must never be written."""


def ensure_balanced(legs: Sequence[Leg]) -> None:
    """Raises `Unbalanced` unless there are two legs or more, none of them zero, which sum to zero (I1)."""
    total = sum(leg.amount_cents for leg in legs)
    if len(legs) < 2 or any(leg.amount_cents == 0 for leg in legs) or total:
        raise Unbalanced("an entry needs two legs or more, not zero, which sum to zero")


def movement(legs: Iterable[Leg]) -> Movement:
    """What these legs do to the client."""
    receivable = credit = insurance = written_off = 0
    for leg in legs:
        if leg.account == AR_CLIENT:
            receivable += leg.amount_cents
        elif leg.account == CLIENT_CREDIT:
            credit -= leg.amount_cents
        elif leg.account.startswith(AR_PAYER):
            insurance += leg.amount_cents
        elif leg.account in WRITE_OFFS.values():
            written_off += leg.amount_cents
    return Movement(receivable, credit, insurance, written_off)


def reversed_legs(legs: Iterable[Leg]) -> list[Leg]:
    """The legs that undo these."""
    return [Leg(leg.account, -leg.amount_cents, leg.invoice_id, leg.line_id, leg.payment_id) for leg in legs]


def id_after(fresh: UUID, *newest: UUID | None) -> UUID:
    """The id of an entry that comes after these: `fresh`, unless the clock it was made by is behind theirs."""
    return max([fresh, *(UUID(int=entry_id.int + 1) for entry_id in newest if entry_id is not None)])


def ensure_in_order(first: date | None, last: date | None) -> None:
    """Raises `Invalid` naming `to` when the last day comes before the first."""
    if first is not None and last is not None and last < first:
        raise Invalid.field("to", "before_from", "`to` comes before `from`.")
