"""What a receipt prints: the practice as it stood on the invoices that were paid, and who gave each service."""

from __future__ import annotations

from typing import Any

from gateway.web.billing.paper import paper_of
from gateway.web.billing.payment_views import receipt_head, where_it_is

NOW: dict[str, Any] = {"name": "Maple Lane", "legal_name": "Maple Lane LLP", "tax_id": "99-0000000", "npi": None}
THEN: dict[str, Any] = {
    "name": "Maple Lane",
    "legal_name": "Maple Lane PLLC",
    "tax_id": "12-3456789",
    "npi": "1234567893",
    "phone": None,
    "address": None,
}
MARA = {"given_name": "Mara", "family_name": "Okafor", "credentials": ["LCSW"], "npi": "1098765438"}
STAFF = {"s1": "Mara Okafor (called by another name now)"}


def invoice(invoice_id: str, biller: dict[str, Any] | None, issued_on: str = "2026-09-30") -> dict[str, Any]:
    """An issued invoice with one line that Mara gave."""
    line = {
        "service_date": "2026-09-07",
        "rendering": MARA,
        "rendering_staff_id": "s1",
        "place": None,
        "place_of_service": None,
        "code": "90837",
        "modifiers": [],
        "description": "Psychotherapy 60",
        "minutes": 55,
        "diagnosis_codes": [],
        "units": 1,
        "charge_cents": 15_000,
        "client_cents": 15_000,
        "insurance_cents": 0,
    }
    return {
        "id": invoice_id,
        "number": f"ML-2026-{invoice_id}",
        "status": "open",
        "issued_on": issued_on,
        "due_on": None,
        "biller": biller,
        "lines": [line],
        "memo": None,
        "total_cents": 15_000,
        "client_due_cents": 0,
        "written_off_cents": 0,
    }


def payment(*invoice_ids: str, credit: int = 0) -> dict[str, Any]:
    """A payment that lies on these invoices."""
    shares = [{"invoice_id": invoice_id, "amount_cents": 5_000} for invoice_id in invoice_ids]
    return {"allocations": shares, "refunds": [], "unapplied_cents": credit}


def known(*invoices: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each for each in invoices}


def test_a_receipt_prints_the_practice_as_it_was_at_issue_and_the_provider() -> None:
    paid, invoices = payment("1", credit=700), known(invoice("1", THEN))
    head = receipt_head(paid, invoices, NOW, "Maple Lane")
    assert head == ["Maple Lane", "Maple Lane PLLC", "Tax ID 12-3456789, NPI 1234567893"]
    on_invoice, credit = where_it_is(paid, invoices, STAFF)
    assert on_invoice.more == ["Sep 7, 2026", "Mara Okafor, LCSW, NPI 1098765438"]
    assert (on_invoice.name, on_invoice.amount, on_invoice.path) == ("Invoice ML-2026-1", "$50.00", "/invoices/1")
    assert (credit.name, credit.more, credit.amount) == ("Credit on account", (), "$7.00")


def test_the_invoice_prints_the_same_practice_and_provider() -> None:
    paper = paper_of(invoice("1", THEN), None, "Maple Lane", STAFF)
    assert paper.biller == receipt_head(payment("1"), known(invoice("1", THEN)), NOW, "Maple Lane")
    assert ("Provider", "Mara Okafor, LCSW, NPI 1098765438") in paper.details


def test_invoices_that_were_issued_under_different_facts_each_name_their_own() -> None:
    later = {**THEN, "legal_name": "Maple Lane LLP", "tax_id": "98-7654321", "npi": None}
    invoices = known(invoice("1", THEN), invoice("2", later, "2026-11-01"), invoice("3", THEN))
    paid = payment("1", "2", "3")
    assert receipt_head(paid, invoices, NOW, "Maple Lane")[1:] == ["Maple Lane LLP", "Tax ID 98-7654321"]
    assert [part.more[-1] for part in where_it_is(paid, invoices, STAFF)] == [
        "Billed by Maple Lane (Maple Lane PLLC), Tax ID 12-3456789, NPI 1234567893",
        "Billed by Maple Lane (Maple Lane LLP), Tax ID 98-7654321",
        "Billed by Maple Lane (Maple Lane PLLC), Tax ID 12-3456789, NPI 1234567893",
    ]


def test_money_that_lies_on_no_invoice_was_received_by_the_practice_as_it_is_now() -> None:
    assert receipt_head(payment(credit=5_000), {}, NOW, "Maple Lane")[1:] == ["Maple Lane LLP", "Tax ID 99-0000000"]
    assert receipt_head(payment("1"), {}, None, "Maple Lane") == ["Maple Lane"]
    (part,) = where_it_is(payment("1"), {}, STAFF)
    assert (part.name, part.more) == ("Invoice", []), "the invoice cannot be had"
