"""A client's balance in words: what it comes from, and where it is open. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text

# The kinds of entries that each sum is made of; what is left are write-offs.
CHARGES: Final = "charge,reversal,void"
MONEY: Final = "payment,refund,payment_void,bounce"
ACROSS: Final = "allocation,release"
SUMS: Final = (CHARGES, MONEY, ACROSS)
OPEN: Final = ("open", "partially_paid")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sums that come to the balance: of all entries by kind, and of what is open now as number, path, words, amount.

    `open_on` is empty where not every open invoice is known, so that no sum is wrong.
    """

    sums: Sequence[tuple[str, str]]
    open_on: Sequence[tuple[str, str, str, str]]
    balance: str


def explained(
    ledger: Mapping[str, Any], besides: Mapping[str, int], invoices: Sequence[Mapping[str, Any]]
) -> Explanation:
    """The balance of a whole ledger; `besides`: in cents, what all entries but those of some kinds come to."""
    balance: int = ledger["balance_cents"]
    charges, money, across = (balance - besides[kinds] for kinds in SUMS)
    given_up = balance - charges - money - across
    sums = [
        ("Charged on invoices, less what was corrected or is void", charges),
        ("Received, less what was given back or bounced", money),
        *([("Credit to and from clients who were merged with this one at that time", across)] if across else []),
        *([("Written off", given_up)] if given_up else []),
    ]
    credit: int = ledger["credit_cents"]
    still_open = [invoice for invoice in invoices if invoice["status"] in OPEN and invoice["client_due_cents"]]
    known = sum(invoice["client_due_cents"] for invoice in still_open) - credit == balance
    open_on = [
        (
            f"Invoice {invoice['number']}",
            f"/invoices/{invoice['id']}",
            f"issued {text.day(invoice['issued_on'])}",
            text.money(invoice["client_due_cents"]),
        )
        for invoice in sorted(still_open, key=lambda invoice: (invoice["issued_on"], invoice["id"]))
    ]
    if credit:
        open_on.append(("Credit", "", "that no invoice has yet", text.money(-credit)))
    return Explanation(
        [(words, text.money(cents)) for words, cents in sums], open_on if known else [], text.money(balance)
    )
