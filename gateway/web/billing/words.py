"""The words of money: where an invoice or a payment stands, kinds of entries, ways to pay. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

METHODS: Final = (("card", "Card"), ("check", "Check"), ("cash", "Cash"), ("other", "Another way"))
METHOD_NAMES: Final = dict(METHODS)
WRITE_OFFS: Final = (("courtesy", "Courtesy"), ("small_balance", "Small balance"), ("bad_debt", "Bad debt"))
WRITE_OFF_NAMES: Final = dict(WRITE_OFFS)
COUNTED_TO: Final = 1_000
Chip = tuple[str, str, str]  # words, kind, picture
_INVOICE: Final[Mapping[str, Chip]] = {
    "draft": ("Draft", "", "pen-line"),
    "open": ("Open", "info", "send"),
    "partially_paid": ("Partly paid", "info", "circle-dashed"),
    "paid": ("Paid", "ok", "check"),
    "void": ("Void", "line", "ban"),
    "written_off": ("Written off", "line", "scale"),
}
_PAYMENT: Final[Mapping[str, Chip]] = {
    "received": ("Received", "ok", "check"),
    "void": ("Void", "line", "ban"),
    "bounced": ("Bounced", "bad", "undo-2"),
}


def state_of(invoice: Mapping[str, Any]) -> Chip:
    """Where an invoice stands. What somebody has to settle comes before everything else."""
    if invoice["holds"]:
        return ("Held", "warn", "triangle-alert") if invoice["status"] == "draft" else ("Amended", "warn", "pen-line")
    if invoice["overdue"]:
        return "Overdue", "bad", "clock"
    return _INVOICE[invoice["status"]]


def status_chip(status: str) -> Chip:
    """The chip of a status, where the invoice itself is not at hand."""
    return _INVOICE[status]


def payment_chip(payment: Mapping[str, Any]) -> Chip:
    """What became of a payment."""
    if payment["status"] == "received" and payment["refunded_cents"]:
        whole = payment["refunded_cents"] == payment["amount_cents"]
        return ("Refunded" if whole else "Partly refunded"), "warn", "undo-2"
    return _PAYMENT[payment["status"]]


def counted(number: int) -> str:
    """A count that stops at a thousand: `12`, `1,000+`."""
    return f"{COUNTED_TO:,}+" if number >= COUNTED_TO else str(number)


def client_of(item: Mapping[str, Any]) -> str:
    """The client's name on an invoice, a payment or a session; the page is there also while billing knows none."""
    return item["client_name"] or "Name not available"


def sentence(words: str) -> str:
    """With a capital letter at its beginning."""
    return words[:1].upper() + words[1:]
