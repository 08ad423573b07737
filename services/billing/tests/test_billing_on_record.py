"""What the audit trail says of money: whose it was, by which rule, also of what was refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.billing.tests.conftest import Practice
from shared.audit_tables import AUDIT_ENTRIES
from shared.testing.web import ServiceClient


def entries(practice: Practice, asker: ServiceClient, action: str) -> list[tuple[Any, ...]]:
    """(outcome, rule, clients) of what somebody did, in order."""

    def read(session: Any) -> list[tuple[Any, ...]]:
        table = AUDIT_ENTRIES
        columns = (table.c.outcome, table.c.rule, table.c.client_ids)
        mine = (table.c.actor_id == asker.staff_id, table.c.action == action)
        return [tuple(row) for row in session.execute(select(*columns).where(*mine).order_by(table.c.id))]

    return practice.worker.run(read, practice.organization_id)


def two_bills(practice: Practice) -> dict[UUID, str]:
    """Client -> their draft."""
    service = practice.service()
    for client in (practice.client(), practice.client()):
        practice.document(client, service)
    return {UUID(invoice["client_id"]): invoice["id"] for invoice in practice.biller.get("/invoices").json["items"]}


def paid(practice: Practice, asker: ServiceClient, client: UUID) -> Any:
    body = {
        "client_id": str(client),
        "amount_cents": 100,
        "method": "cash",
        "received_on": str(practice.today()),
    }
    return asker.post("/payments", body)


def test_lists_name_everybody_on_them_and_whom_they_were_asked_about(practice: Practice) -> None:
    bills = two_bills(practice)
    for client in bills:
        assert paid(practice, practice.biller, client).status_code == 201
    stranger = practice.client()
    for path, action in (("/invoices", "invoices.read"), ("/payments", "payments.read")):
        practice.biller.get(path)
        practice.biller.get(path, client_id=str(stranger))
        everything, nothing = entries(practice, practice.biller, action)[-2:]
        assert (everything[1], set(everything[2])) == ("level", set(bills))
        assert nothing[2] == [stranger]


def test_what_was_refused_names_whose_it_is(practice: Practice) -> None:
    bills = two_bills(practice)
    client, bill = next(iter(bills.items()))
    payment = paid(practice, practice.biller, client).json["id"]
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    refused = [
        ("invoice.read", narrowed.get(f"/invoices/{bill}")),
        ("post_invoice_void", narrowed.post(f"/invoices/{bill}/void", {"reason": "mine"})),
        ("payment.read", narrowed.get(f"/payments/{payment}")),
        ("ledger.read", narrowed.get(f"/clients/{client}/ledger")),
    ]
    for action, response in refused:
        assert response.status_code == 404
        assert entries(practice, narrowed, action) == [("denied", "not_found", [client])], action
    assert paid(practice, narrowed, client).status_code == 422
    assert entries(practice, narrowed, "post_payment") == [("denied", "hidden", [client])]
    practice.assign(client, narrowed.staff_id)
    assert narrowed.get(f"/invoices/{bill}").status_code == 200
    assert entries(practice, narrowed, "invoice.read")[-1] == ("done", "assigned", [client])
