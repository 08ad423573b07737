"""What billing tells clinical of its invoices, and what it hears of amendments that bill nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.billing import InvoiceChanged
from shared.contracts.clinical import NoteAmended
from shared.contracts.envelope import from_data
from shared.ids import new_id
from shared.testing.databases import load

TOLD = "SELECT data FROM outbox WHERE type = 'billing.invoice_changed.v1' AND organization_id = %s ORDER BY id"


def told(database, organization_id):
    return [from_data(InvoiceChanged, data) for (data,) in database.rows(TOLD, organization_id)]


def test_issuing_and_voiding_are_told_and_drafts_are_not(practice, billing_database):
    client, service = practice.client(), practice.service()
    discarded = practice.draft(client, service)
    assert practice.biller.post(f"/invoices/{discarded['id']}/void", {"reason": "twice"}).status_code == 200
    assert told(billing_database, practice.organization_id) == []
    issued = practice.issue(client, service)
    practice.pay(client, 100, allocations=[{"invoice_id": issued["id"], "amount_cents": 100}])
    assert practice.biller.post(f"/invoices/{issued['id']}/void", {"reason": "wrong"}).status_code == 200
    first, second = told(billing_database, practice.organization_id)
    assert (str(first.invoice_id), str(first.appointment_id)) == (issued["id"], issued["appointment_id"])
    assert (first.in_force, second.in_force) == (True, False)
    assert first.version < second.version


INVOICE = (
    "INSERT INTO invoices (organization_id, id, client_id, appointment_id, status, number, issued_on, voided_on,"
    " total_cents, client_due_cents, insurance_due_cents, version, created_at)"
    " SELECT %s, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x',"
    " CASE WHEN n % 3 > 0 THEN n::text END, CASE WHEN n % 3 > 0 THEN now() END, CASE WHEN n % 3 = 2 THEN now() END,"
    " 0, 0, 0, 4, now() FROM generate_series(1, 1500) n RETURNING 1"
).replace("n % 3", "n %% 3")


def test_what_was_issued_until_now_is_told_in_batches(server):
    database = server.service_database_at("billing", "0010")
    practices = [new_id(), new_id()]
    for here in practices:
        database.rows(INVOICE, here)
    load("billing").migrate(database.url("owner"))
    for here in practices:
        in_force = [row.in_force for row in told(database, here)]
        assert (in_force.count(True), in_force.count(False)) == (500, 500)
    forced = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert database.rows(forced) == [(0,)]


def test_story_26_billing_shows_that_an_amendment_changed_nothing_that_is_billed(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    assert issued["note_amended_at"] is None
    note_id, appointment = new_id(), UUID(issued["appointment_id"])
    for number in (3, 2):
        practice.emit(
            NoteAmended(
                organization_id=practice.organization_id,
                note_id=note_id,
                number=number,
                appointment_id=appointment,
                client_id=client,
                amended_at=datetime(2026, 11, number, 9, tzinfo=UTC),
            )
        )
    (shown,) = practice.invoices(appointment)
    assert shown == {**issued, "note_amended_at": "2026-11-03T09:00:00Z"}, "and nothing else"
