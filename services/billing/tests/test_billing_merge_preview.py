"""What a merge of two clients would find in billing, and to whom nothing is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.billing.tests.conftest import Practice
from shared import clock
from shared.contracts.clients import ChangeProposed, ClientChanged
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase


def preview(who: Any, client_id: UUID, into_client_id: UUID) -> Any:
    return who.get("/client-merges/preview/billing", client_id=str(client_id), into_client_id=str(into_client_id))


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json["code"]


def test_it_counts_what_one_has_and_moves_no_money(practice: Practice) -> None:
    ends, stays = practice.client(), practice.client()
    service = practice.service()
    practice.issue(ends, service)
    practice.draft(ends, service)
    practice.pay(ends, 5_000)
    ledgers = [practice.ledger(each) for each in (ends, stays)]
    found = preview(practice.administrator, ends, stays)
    assert (found.status_code, found.json["collides"]) == (200, [])
    rows = len(ledgers[0]["entries"])
    assert rows >= 2
    assert found.json["moves"] == {"invoices": 2, "payments": 1, "ledger_entries": rows}
    assert preview(practice.administrator, stays, ends).json["moves"] == {
        "invoices": 0,
        "payments": 0,
        "ledger_entries": 0,
    }
    assert [practice.ledger(each) for each in (ends, stays)] == ledgers
    assert practice.contradictions() == []


def test_invoices_of_both_for_one_appointment_collide(practice: Practice) -> None:
    ends, stays = practice.client(), practice.client()
    service = practice.service()
    appointment_id = practice.document(ends, service)
    practice.document(stays, service)
    assert preview(practice.administrator, ends, stays).json["collides"] == []
    practice.document(stays, service, appointment_id=appointment_id)
    for first, second in ((ends, stays), (stays, ends)):
        assert preview(practice.administrator, first, second).json["collides"] == ["same_appointment"]


def test_a_collision_with_who_was_merged_before_counts_and_what_is_void_does_not(
    practice: Practice, billing_database: ServiceDatabase
) -> None:
    first, ends, stays = practice.client(), practice.client(), practice.client()
    service, chief = practice.service(), practice.administrator
    appointment_id = practice.document(first, service)
    practice.document(ends, service, appointment_id=appointment_id)
    assert preview(chief, ends, stays).json["collides"] == []
    practice.merge(first, stays)
    assert preview(chief, ends, stays).json["collides"] == ["same_appointment"]
    assert answer_to_merge(practice, billing_database, ends, stays) == "same_appointment"
    drafted = next(invoice for invoice in practice.invoices(appointment_id) if invoice["client_id"] == str(ends))
    practice.biller.post(f"/invoices/{drafted['id']}/void", {"reason": "mistake", "redraft": False})
    assert preview(chief, ends, stays).json["collides"] == []
    assert answer_to_merge(practice, billing_database, ends, stays) == "ready"


def answer_to_merge(practice: Practice, database: ServiceDatabase, ends: UUID, stays: UUID) -> str:
    answer_by = clock.now() + timedelta(seconds=30)
    change = ChangeProposed(practice.organization_id, new_id(), 1, "merge", (ends, stays), answer_by)
    practice.emit(change)
    statement = "SELECT data->>'code' FROM outbox WHERE type = 'billing.change_answered.v1' AND aggregate_id = %s"
    ((code,),) = database.rows(statement, change.change_id)
    return str(code)


def test_refused_are_one_client_an_archived_one_and_one_who_is_hidden(practice: Practice) -> None:
    ends, stays = practice.client(), practice.client()
    chief = practice.administrator
    assert code_of(preview(chief, ends, ends)) == (409, "self")
    assert code_of(preview(practice.biller, ends, stays)) == (403, "forbidden")
    elsewhere = practice.somebody("administration", organization_id=new_id())
    for who, first, second in ((chief, ends, new_id()), (chief, new_id(), stays), (elsewhere, ends, stays)):
        assert code_of(preview(who, first, second)) == (404, "not_found")
    narrowed = practice.somebody("therapist", grants=("clients_merge", "assigned_only"))
    practice.assign(ends, narrowed.staff_id)
    for first, second in ((ends, stays), (stays, ends), (stays, stays)):
        assert code_of(preview(narrowed, first, second)) == (404, "not_found")
    practice.emit(ClientChanged(practice.organization_id, stays, 2, "Ada L.", "archived"))
    for first, second in ((ends, stays), (stays, ends)):
        assert code_of(preview(chief, first, second)) == (409, "archived")
    assert code_of(preview(narrowed, ends, stays)) == (404, "not_found")
