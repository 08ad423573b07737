"""Invoices, payments and ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.browser.visits.ways import Way, at
from tests.practice import Practice


def _invoice(practice: Practice) -> str:
    """An issued invoice of the practice; made where there is none."""
    found = practice.owner.get("/invoices", status="open,partially_paid,paid")["items"]
    if found:
        return f"/invoices/{found[0]['id']}"
    assert practice.staff_ids["therapist"]
    client_id, _ = practice.new_client()
    draft = practice.draft_of(practice.document(client_id, "2026-09-07T09:00"))
    practice.owner.post(f"/invoices/{draft['id']}/issue", {}, expect=200)
    return f"/invoices/{draft['id']}"


def _payment(practice: Practice) -> str:
    """A payment of the practice; made where there is none."""
    found = practice.owner.get("/payments")["items"]
    if not found:
        invoice = practice.owner.get(_invoice(practice))
        body = {"client_id": invoice["client_id"], "amount_cents": 5_000, "method": "card", "received_on": "2026-09-30"}
        found = [practice.owner.post("/payments", body)]
    return f"/payments/{found[0]['id']}"


def _ledger(practice: Practice) -> str:
    return f"/clients/{practice.owner.get(_invoice(practice))['client_id']}/ledger"


BILLING: Final[Mapping[str, Way]] = {
    "GET /invoices": at("/invoices"),
    "GET /invoices/unbilled": at("/invoices/unbilled"),
    "GET /invoices/{invoice_id}": _invoice,
    "GET /clients/{client_id}/ledger": _ledger,
    "GET /payments": at("/payments"),
    "GET /payments/new": at("/payments/new"),
    "GET /payments/{payment_id}": _payment,
}
# Parts of pages, which the pages themselves ask for.
PARTS: Final = frozenset[str]()
