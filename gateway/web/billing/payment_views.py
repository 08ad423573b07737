"""Payments as the pages show them: lists by day, where the money goes before it is saved, receipts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gateway.web import text
from gateway.web.billing.paper import biller_lines, biller_numbers, printed_day, providers_of
from gateway.web.billing.words import METHOD_NAMES, METHODS, Chip, client_of, payment_chip
from shared.texts import calendar_day

SAME_WITHIN_DAYS: Final = 30
OWING: Final = ("open", "partially_paid")
DUE_AGAIN_MAX: Final = 10  # open invoices that the page of a voided payment leads to


@dataclass(frozen=True, slots=True)
class Row:
    """One payment of a list."""

    id: str
    client: str
    method: str
    reference: str
    amount: str
    credit: str
    state: Chip


@dataclass(frozen=True, slots=True)
class Day:
    """The payments of one day."""

    day: str
    rows: Sequence[Row]
    total: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What some days come to: how many payments, and the amounts by method and in all."""

    days: str
    count: str
    sums: Sequence[tuple[str, str]]


def taken(sums: Mapping[str, Any], today: str) -> Taken:
    """What stands above the list, of the days that the API summed up."""
    first, last, items = sums["from"], sums["to"], sums["items"]
    when = printed_day(first) if first == last else f"{printed_day(first)} to {printed_day(last)}"
    cents = {slug: sum(total["amount_cents"] for total in items if total["method"] == slug) for slug, _ in METHODS}
    return Taken(
        "Received today" if first == last == today else f"Received {when}",
        text.count(sum(total["count"] for total in items), "payment"),
        [*((name, text.money(cents[slug])) for slug, name in METHODS if cents[slug]), _total(sum(cents.values()))],
    )


def _total(cents: int) -> tuple[str, str]:
    return "Total", text.money(cents)


def sums_of(items: Sequence[Mapping[str, Any]], method: str | None) -> dict[str, int]:
    """Cents by day, of one method or of all."""
    sums: dict[str, int] = {}
    for item in items:
        if method is None or item["method"] == method:
            sums[item["on"]] = sums.get(item["on"], 0) + item["amount_cents"]
    return sums


def days(payments: Sequence[Mapping[str, Any]], sums: Mapping[str, int]) -> list[Day]:
    """The payments of a page by the day they were received, in the order of the API.

    `sums`: what each day comes to in all; a day of which nothing counts is absent. Empty where that cannot be had.
    """
    by_day: dict[str, list[Mapping[str, Any]]] = {}
    for payment in payments:
        by_day.setdefault(payment["received_on"], []).append(payment)
    return [
        Day(text.day(on), [_row(payment) for payment in some], text.money(sums.get(on, 0) if sums else _counting(some)))
        for on, some in by_day.items()
    ]


def _row(payment: Mapping[str, Any]) -> Row:
    return Row(
        id=payment["id"],
        client=client_of(payment),
        method=METHOD_NAMES[payment["method"]],
        reference=payment["reference"] or "",
        amount=text.money(payment["amount_cents"]),
        credit=text.money(payment["unapplied_cents"]) if payment["unapplied_cents"] else "",
        state=payment_chip(payment),
    )


def totals(payments: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What the payments of a page come to, by method and in all. What is void or bounced does not count."""
    by_method = [
        (name, _counting([payment for payment in payments if payment["method"] == slug])) for slug, name in METHODS
    ]
    ways = [(name, text.money(cents)) for name, cents in by_method if cents]
    return [*ways, _total(_counting(payments))]


def _counting(payments: Sequence[Mapping[str, Any]]) -> int:
    return sum(int(payment["amount_cents"]) for payment in payments if payment["status"] == "received")


def oldest_first(amount_cents: int, owing: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How much of the money lies on which invoice, the oldest paid first. What is left over is credit."""
    placed, left = {}, amount_cents
    for invoice in owing:
        placed[invoice["id"]] = min(left, invoice["client_due_cents"])
        left -= placed[invoice["id"]]
    return placed


def same_before(
    payments: Sequence[Mapping[str, Any]], amount_cents: int, reference: str, received_on: str
) -> list[str]:
    """Days of payments of the same amount with the same reference within thirty days: perhaps this is one of them."""
    on = calendar_day(received_on)
    if on is None:
        return []
    wanted, within = reference.strip().casefold(), timedelta(SAME_WITHIN_DAYS)
    return [
        text.day(payment["received_on"])
        for payment in payments
        if wanted
        and payment["status"] == "received"
        and payment["amount_cents"] == amount_cents
        and (payment["reference"] or "").casefold() == wanted
        and abs(date.fromisoformat(payment["received_on"]) - on) <= within
    ]


def receipt_facts(payment: Mapping[str, Any], client: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a receipt says of the payment."""
    facts = (
        ("Received", printed_day(payment["received_on"])),
        ("Method", METHOD_NAMES[payment["method"]]),
        ("Reference", payment["reference"] or ""),
        ("Client number", str(client["number"]) if client else ""),
    )
    return [(name, value) for name, value in facts if value]


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the money of a payment: what it lies on with its address, or what became of it."""

    name: str
    more: Sequence[str]
    amount: str
    path: str


def due_again(invoices: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Address and words of the client's open invoices, the latest first, where a payment no longer pays any."""
    owing = [invoice for invoice in invoices if invoice["status"] in OWING and invoice["client_due_cents"]]
    return [
        (f"/invoices/{invoice['id']}", f"Invoice {invoice['number']}, {text.money(invoice['client_due_cents'])} due")
        for invoice in owing[:DUE_AGAIN_MAX]
    ]


def where_it_is(
    payment: Mapping[str, Any], invoices: Mapping[str, Mapping[str, Any]], staff: Mapping[str, str]
) -> list[Part]:
    """Where the money is: invoices with who gave the service, refunds, credit.

    Where the invoices were issued under different facts of the practice, each names its own.
    """
    of_payment = paid_invoices(payment, invoices)
    differ = len({tuple(biller_lines(invoice["biller"], "")) for invoice in of_payment}) > 1
    parts = [
        _on_invoice(allocation, invoices.get(allocation["invoice_id"]), staff, name_biller=differ)
        for allocation in payment["allocations"]
    ]
    parts += [
        Part(f"Refunded {printed_day(refund['refunded_on'])}", (), text.money(refund["amount_cents"]), "")
        for refund in payment["refunds"]
    ]
    if payment["unapplied_cents"]:
        parts.append(Part("Credit on account", (), text.money(payment["unapplied_cents"]), ""))
    return parts


def _on_invoice(
    allocation: Mapping[str, Any], invoice: Mapping[str, Any] | None, staff: Mapping[str, str], *, name_biller: bool
) -> Part:
    more: list[str] = []
    if invoice is not None:
        days = dict.fromkeys(printed_day(line["service_date"]) for line in invoice["lines"])
        more = [", ".join(days), providers_of(invoice, staff)]
        if name_biller:
            biller = invoice["biller"]
            more.append(", ".join(part for part in (_called(biller), biller_numbers(biller)) if part))
    cents, invoice_id = text.money(allocation["amount_cents"]), allocation["invoice_id"]
    if invoice_id is None:
        return Part("An invoice of somebody else", (), cents, "")
    name = f"Invoice {invoice['number'] if invoice else ''}".strip()
    return Part(name, [line for line in more if line], cents, f"/invoices/{invoice_id}")


def _called(biller: Mapping[str, Any]) -> str:
    """`Maple Lane Therapy (Maple Lane PLLC)`."""
    name, legal = biller["name"], biller.get("legal_name")
    return f"Billed by {name} ({legal})" if legal and legal != name else f"Billed by {name}"


def paid_invoices(payment: Mapping[str, Any], invoices: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The invoices that the payment lies on, as far as they are known, issued last first."""
    found = [
        invoices[allocation["invoice_id"]]
        for allocation in payment["allocations"]
        if allocation["invoice_id"] in invoices
    ]
    return sorted(found, key=lambda invoice: (invoice["issued_on"], invoice["id"]), reverse=True)


def receipt_head(
    payment: Mapping[str, Any],
    invoices: Mapping[str, Mapping[str, Any]],
    practice: Mapping[str, Any] | None,
    called: str,
) -> list[str]:
    """Who received the money, line by line: the practice as printed on the invoice that it lies on.

    Of several it is the one issued last; money that lies on no invoice was received by the `practice` as it is now.
    """
    issued = paid_invoices(payment, invoices)
    return biller_lines(issued[0]["biller"] if issued else practice, called)
