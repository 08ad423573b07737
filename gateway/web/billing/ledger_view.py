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
    "allocation": "repeat",
    "release": "undo-2",
}
ACROSS: Final = ("allocation", "release")  # credit of one client on an invoice of another, once merged with them
# What somebody may choose: the kinds of the API, and what the page calls them.
KINDS: Final = (
    ("", "All entries"),
    ("charge", "Charges"),
    ("payment", "Payments"),
    ("refund", "Refunds"),
    ("write_off,write_off_reversal", "Write-offs"),
    ("reversal,void", "Invoices corrected or void"),
    ("payment_void,bounce", "Payments void or bounced"),
    ("allocation,release", "Credit across clients"),
)


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
class Chosen:
    """Which entries somebody wants to see, as the address says it; empty: all of them."""

    first: str = ""
    last: str = ""
    kind: str = ""

    @property
    def some(self) -> bool:
        """Whether entries may be left out."""
        return bool(self.first or self.last or self.kind)

    @property
    def words(self) -> str:
        """`Payments from Tue, Sep 1, 2026 to Wed, Sep 30, 2026`; empty where nothing is left out."""
        days = [f"{word} {text.day(day)}" for word, day in (("from", self.first), ("to", self.last)) if day]
        return " ".join([dict(KINDS).get(self.kind, KINDS[0][1]), *days]) if self.some else ""


EVERYTHING: Final = Chosen()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a ledger. `agrees`: whether its entries come to the balance; where not, no figure is shown.

    `owes`: whether the client does, more than nothing. `before` and `after`: the balances around the days that were
    chosen, on the pages that reach these; `others`: what the kinds come to that are left out.
    """

    agrees: bool
    figures: Sequence[tuple[str, str, str]]
    owes: bool
    entries: Sequence[Entry]
    carried: str
    charges: str
    credits: str
    balance: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    others: str


def sheet_of(
    ledger: Mapping[str, Any],
    *,
    newest_first: bool,
    first_page: bool,
    payments: Sequence[Mapping[str, Any]],
    chosen: Chosen = EVERYTHING,
) -> Sheet:
    """The page; `first_page`: whether it begins where the order begins."""
    found = ledger["entries"]
    in_time = list(reversed(found)) if newest_first else list(found)
    last_page = ledger["next_cursor"] is None
    begins, ends = (last_page, first_page) if newest_first else (first_page, last_page)
    opening = in_time[0]["balance_after_cents"] - in_time[0]["amount_cents"] if in_time else _opening(ledger)
    closing = in_time[-1]["balance_after_cents"] if in_time else opening
    known = {payment["id"]: payment for payment in payments}
    amounts = [entry["amount_cents"] for entry in found]
    agrees = _kinds_agree if chosen.kind else _agrees
    others = ledger["other_kinds_cents"]
    return Sheet(
        agrees=agrees(in_time, ledger, begins=begins, ends=ends)
        and bool(chosen.last or ledger["closing_balance_cents"] == ledger["balance_cents"]),
        figures=_figures(ledger),
        owes=ledger["balance_cents"] + ledger["credit_cents"] > 0,
        entries=[_entry(entry, known) for entry in found],
        carried="" if chosen.kind or begins or opening == 0 else text.money(opening),
        charges=text.money(sum(amount for amount in amounts if amount > 0)),
        credits=text.money(-sum(amount for amount in amounts if amount < 0)),
        balance="" if chosen.kind else text.money(closing),
        before=(text.day(chosen.first), text.money(_opening(ledger))) if chosen.first and begins else None,
        after=(text.day(chosen.last or None), text.money(ledger["closing_balance_cents"]))
        if chosen.some and ends
        else None,
        others=text.money(others) if chosen.kind and others and ends else "",
    )


def _opening(ledger: Mapping[str, Any]) -> int:
    return int(ledger["opening_balance_cents"])


def _agrees(in_time: Sequence[Mapping[str, Any]], ledger: Mapping[str, Any], *, begins: bool, ends: bool) -> bool:
    """Every balance is the one before it and its entry; the first begins with the opening, the last is the closing."""
    opening = in_time[0]["balance_after_cents"] - in_time[0]["amount_cents"] if in_time else _opening(ledger)
    running = opening
    for entry in in_time:
        running += entry["amount_cents"]
        if running != entry["balance_after_cents"]:
            return False
    return (not begins or opening == _opening(ledger)) and (not ends or running == ledger["closing_balance_cents"])


def _kinds_agree(in_time: Sequence[Mapping[str, Any]], ledger: Mapping[str, Any], *, begins: bool, ends: bool) -> bool:
    """The opening, all entries that are shown and what the other kinds come to are the closing."""
    shown = sum(entry["amount_cents"] for entry in in_time)
    closing: int = ledger["closing_balance_cents"]
    return not (begins and ends) or _opening(ledger) + shown + ledger["other_kinds_cents"] == closing


def _figures(ledger: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    balance, credit, insurance, paid = (
        ledger[f"{name}_cents"] for name in ("balance", "credit", "insurance_due", "paid_this_year")
    )
    return [
        ("Client owes", text.money(balance + credit), "On invoices that were issued"),
        ("Insurance pending", text.money(insurance), "Not in the balance"),
        ("Credit on account", text.money(credit), "Lies on no invoice" if credit else "Nothing to apply"),
        ("Paid this year", text.money(paid), "Less what was given back"),
        ("Balance", text.money(balance), "What is owed less the credit"),
    ]


def _entry(entry: Mapping[str, Any], payments: Mapping[str, Mapping[str, Any]]) -> Entry:
    cents, invoice_id, payment_id = entry["amount_cents"], entry["invoice_id"], entry["payment_id"]
    # Credit across clients links to this client's own side, for who reads it may not see the other client.
    of_payment = entry["kind"] in ACROSS and (entry["kind"] == "allocation") == (cents > 0)
    path = f"/payments/{payment_id}" if payment_id and (of_payment or not invoice_id) else ""
    path = path or (f"/invoices/{invoice_id}" if invoice_id else "")
    return Entry(
        day=text.day(entry["on"]),
        icon=ICONS[entry["kind"]],
        kind="paid" if entry["kind"] == "payment" else "",
        words=entry["description"],
        more=_lies_on(payments[payment_id]) if entry["kind"] == "payment" and payment_id in payments else "",
        path=path,
        charge=text.money(cents) if cents > 0 else "",
        credit=text.money(-cents) if cents < 0 else "",
        balance=text.money(entry["balance_after_cents"]),
    )


def _lies_on(payment: Mapping[str, Any]) -> str:
    """`Check 1042: $50.00 on ML-2026-17, $10.00 credit`."""
    way = " ".join(word for word in (METHOD_NAMES[payment["method"]], payment["reference"]) if word)
    parts = [
        f"{text.money(part['amount_cents'])} on {part['invoice_number'] or 'an invoice of somebody else'}"
        for part in payment["allocations"]
    ]
    if payment["unapplied_cents"]:
        parts.append(f"{text.money(payment['unapplied_cents'])} credit")
    if payment["refunded_cents"]:
        parts.append(f"{text.money(payment['refunded_cents'])} refunded")
    return f"{way}: {', '.join(parts)}" if parts else way
