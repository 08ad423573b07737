"""Which status its postings give an invoice, and when it is overdue."""

from __future__ import annotations

from datetime import date

STATUSES = ("draft", "open", "partially_paid", "paid", "void", "written_off")
OWING = ("open", "partially_paid")
PAYMENT_TERM_DAYS = 30  # from the day of issue, where the draft names no day


def status_of(
    *, issued: bool, voided: bool, charged_cents: int, client_due_cents: int, insurance_due_cents: int
) -> str:
    """An invoice's status, from its postings alone: what was charged, and what is still due of it."""
    if voided:
        return "void"
    if not issued:
        return "draft"
    if client_due_cents == 0 and insurance_due_cents == 0:
        return "paid"
    return "partially_paid" if client_due_cents + insurance_due_cents < charged_cents else "open"


def is_overdue(status: str, client_due_cents: int, due_on: date | None, today: date) -> bool:
    """Whether the client should have paid by now: the day it is due is the last good one."""
    return status in OWING and client_due_cents > 0 and due_on is not None and due_on < today
