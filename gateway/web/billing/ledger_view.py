"""A client's ledger as the page shows it, and whether its entries come to the balance that stands above. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.web import text
from gateway.web.billing.words import METHOD_NAMES

ICONS: Final = {
    "charge": "receipt",
    "payment": "hand-coins",
    "refund": "undo-2",
    "payment_void": "ban",
    "bounce": "undo-2",
    "void": "ban",
    "reversal": "pen-line",
    "write_off": "scale",
    "write_off_reversal": "undo-2",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    day: str
    icon: str
    kind: str
    words: str
    more: str
    path: str
    charge: str
    credit: str
    balance: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a ledger. `agrees`: whether its entries come to the balance; where not, no figure is shown."""

    agrees: bool
    figures: Sequence[tuple[str, str, str]]
    entries: Sequence[Entry]
    carried: str
    charges: str
    credits: str
    balance: str


def sheet_of(
    ledger: Mapping[str, Any],
    *,
    newest_first: bool,
    first_page: bool,
    invoices: Sequence[Mapping[str, Any]],
    payments: Sequence[Mapping[str, Any]],
) -> Sheet:
    """The page; `first_page`: whether it begins where the order begins."""
    found = ledger["entries"]
    in_time = list(reversed(found)) if newest_first else list(found)
    opening = in_time[0]["balance_after_cents"] - in_time[0]["amount_cents"] if in_time else 0
    closing = in_time[-1]["balance_after_cents"] if in_time else 0
    numbers = {invoice["id"]: invoice["number"] for invoice in invoices}
    known = {payment["id"]: payment for payment in payments}
    amounts = [entry["amount_cents"] for entry in found]
    last_page = ledger["next_cursor"] is None
    return Sheet(
        agrees=_agrees(
            in_time,
            opening,
            begins=last_page if newest_first else first_page,
            ends=first_page if newest_first else last_page,
            balance=ledger["balance_cents"],
        ),
        figures=_figures(ledger),
        entries=[_entry(entry, numbers, known) for entry in found],
        carried="" if opening == 0 else text.money(opening),
        charges=text.money(sum(amount for amount in amounts if amount > 0)),
        credits=text.money(-sum(amount for amount in amounts if amount < 0)),
        balance=text.money(closing),
    )


def _agrees(in_time: Sequence[Mapping[str, Any]], opening: int, *, begins: bool, ends: bool, balance: int) -> bool:
    """Every balance is the one before it and its entry; the first begins at nothing; the last is the balance."""
    running = opening
    for entry in in_time:
        running += entry["amount_cents"]
        if running != entry["balance_after_cents"]:
            return False
    return (not begins or opening == 0) and (not ends or running == balance)


def _figures(ledger: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    balance, credit, insurance = (ledger[f"{name}_cents"] for name in ("balance", "credit", "insurance_due"))
    return [
        ("Client owes", text.money(balance + credit), "On invoices that were issued"),
        ("Insurance pending", text.money(insurance), "Not in the balance"),
        ("Credit on account", text.money(credit), "Lies on no invoice" if credit else "Nothing to apply"),
        ("Balance", text.money(balance), "What is owed less the credit"),
    ]


def _entry(entry: Mapping[str, Any], numbers: Mapping[str, str], payments: Mapping[str, Mapping[str, Any]]) -> Entry:
    cents, invoice_id, payment_id = entry["amount_cents"], entry["invoice_id"], entry["payment_id"]
    path = f"/invoices/{invoice_id}" if invoice_id else f"/payments/{payment_id}" if payment_id else ""
    return Entry(
        day=text.day(entry["on"]),
        icon=ICONS[entry["kind"]],
        kind="paid" if entry["kind"] == "payment" else "",
        words=entry["description"],
        more=_lies_on(payments[payment_id], numbers) if entry["kind"] == "payment" and payment_id in payments else "",
        path=path,
        charge=text.money(cents) if cents > 0 else "",
        credit=text.money(-cents) if cents < 0 else "",
        balance=text.money(entry["balance_after_cents"]),
    )


def _lies_on(payment: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    """`Check 1042: $50.00 on ML-2026-17, $10.00 credit`."""
    way = " ".join(word for word in (METHOD_NAMES[payment["method"]], payment["reference"]) if word)
    parts = [
        f"{text.money(part['amount_cents'])} on {numbers.get(part['invoice_id'], 'an earlier invoice')}"
        for part in payment["allocations"]
    ]
    if payment["unapplied_cents"]:
        parts.append(f"{text.money(payment['unapplied_cents'])} credit")
    if payment["refunded_cents"]:
        parts.append(f"{text.money(payment['refunded_cents'])} refunded")
    return f"{way}: {', '.join(parts)}" if parts else way
