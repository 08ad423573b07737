"""What must hold after every fault, once things have come to rest."""

from __future__ import annotations

from embedded.stack import Stack
from shared.services import SERVICES
from shared.testing.waiting import wait_until
from tests.running import count, rows, settled

REST_SECONDS = 60


def everything_holds(stack: Stack, signed: set[str]) -> None:
    """No signed note lost, one line that counts each, no line without a note, everything settled, nothing parked.

    `signed`: the appointments whose signature was answered with 200.
    """
    wait_until(lambda: settled(stack), REST_SECONDS, "the settling of every event")
    notes = {
        str(appointment_id)
        for (appointment_id,) in rows(stack, "clinical", "SELECT appointment_id FROM notes WHERE signed_at IS NOT NULL")
    }
    assert signed <= notes, "a signed note is lost"
    lines = [
        str(appointment_id)
        for (appointment_id,) in rows(
            stack,
            "billing",
            "SELECT l.appointment_id FROM invoice_draft_lines l JOIN invoices i ON i.id = l.invoice_id"
            " WHERE i.status <> 'void'",
        )
    ]
    assert len(lines) == len(set(lines)), "an appointment is billed twice"
    assert set(lines) == notes, "a signed note without an invoice line, or a line without a note"
    keys = rows(stack, "billing", "SELECT appointment_id FROM billed_services WHERE line_id IS NOT NULL")
    assert sorted(str(appointment_id) for (appointment_id,) in keys) == sorted(lines), (
        "what is billed differs from what holds the key"
    )
    for service in SERVICES:
        assert count(stack, service, "SELECT count(*) FROM dead_letters") == 0
    unbalanced = (
        "SELECT count(*) FROM (SELECT 1 FROM postings GROUP BY entry_id HAVING sum(amount_cents) <> 0) AS wrong"
    )
    assert count(stack, "billing", unbalanced) == 0
