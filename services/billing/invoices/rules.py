"""Which status its postings give an invoice, and when it is overdue."""

from __future__ import annotations

from datetime import date

STATUSES = ("draft", "open", "partially_paid", "paid", "void", "written_off")
OWING = ("open", "partially_paid")
PAYMENT_TERM_DAYS = 30  # from the day of issue, where the draft names no day


def status_of(
    *,
    issued: bool,
    voided: bool,
    charged_cents: int,
    client_due_cents: int,
    insurance_due_cents: int,
    written_off_cents: int = 0,
) -> str:
    """An invoice's status, from its postings alone: what was charged, what of it is still due, what is written off.

    `written_off`: nothing is due, and a part was never paid.
    """
    if voided:
        return "void"
    if not issued:
        return "draft"
    if client_due_cents == 0 and insurance_due_cents == 0:
        return "written_off" if written_off_cents else "paid"
    left_cents = client_due_cents + insurance_due_cents + written_off_cents
    return "partially_paid" if left_cents < charged_cents else "open"


def is_overdue(status: str, client_due_cents: int, due_on: date | None, today: date) -> bool:
    """Whether the client should have paid by now: the day it is due is the last good one."""
    return status in OWING and client_due_cents > 0 and due_on is not None and due_on < today
