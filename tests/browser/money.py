"""Invoices and payments of a practice, for the tests of the pages that show them."""

from __future__ import annotations

from typing import Any

from tests.practice import Practice


def practice_with_drafts(url: str, minutes: tuple[int, ...] = (55,)) -> tuple[Practice, str, list[dict[str, Any]]]:
    """A practice with one client and a draft for each of these sessions; returns it, the client and the drafts."""
    practice = Practice(url)
    assert practice.staff_ids["therapist"] and practice.staff_ids["biller"]
    client_id, _ = practice.new_client()
    booked = [
        practice.document(client_id, f"2026-09-{7 + n:02}T09:00", minutes=length) for n, length in enumerate(minutes)
    ]
    return practice, client_id, [practice.draft_of(appointment) for appointment in booked]


def issued(practice: Practice, draft: dict[str, Any]) -> dict[str, Any]:
    """The invoice, issued."""
    return dict(practice.owner.post(f"/invoices/{draft['id']}/issue", {}, expect=200))


def paid(practice: Practice, client_id: str, cents: int, method: str = "cash", **more: Any) -> dict[str, Any]:
    """A payment, received."""
    body = {"client_id": client_id, "amount_cents": cents, "method": method, "received_on": "2026-09-30", **more}
    return dict(practice.owner.post("/payments", body))
