"""Billing answers to a proposed deletion of a client, holds the client, and forgets them once it is decided."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from services.billing.tests.conftest import Practice
from shared import clock
from shared.contracts.clients import ChangeDecided, ChangeProposed, ClientChanged
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase


def proposed(practice: Practice, client_id: UUID) -> ChangeProposed:
    answer_by = clock.now() + timedelta(seconds=30)
    return ChangeProposed(practice.organization_id, new_id(), 1, "delete", (client_id,), answer_by)


def decided(change: ChangeProposed, *, applies: bool) -> ChangeDecided:
    return ChangeDecided(change.organization_id, change.change_id, 2, change.kind, change.client_ids, applies=applies)


def said(database: ServiceDatabase, change: ChangeProposed) -> list[str]:
    statement = "SELECT data->>'code' FROM outbox WHERE type = 'billing.change_answered.v1' AND aggregate_id = %s"
    return [str(row[0]) for row in database.rows(statement, change.change_id)]


def test_money_of_a_held_client_is_refused_and_the_client_goes(
    practice: Practice, billing_database: ServiceDatabase
) -> None:
    client_id = practice.client()
    practice.assign(client_id, practice.clinician_id)
    change = proposed(practice, client_id)
    practice.emit(change, change)
    assert set(said(billing_database, change)) == {"ready"}
    refused = practice.try_to_pay(client_id, 5_000)
    assert (refused.status_code, refused.json["code"]) == (409, "client_held")
    practice.emit(decided(change, applies=True), decided(change, applies=True))
    practice.emit(ClientChanged(practice.organization_id, client_id, 9, "Ada L.", "active"))
    assert practice.try_to_pay(client_id, 5_000).status_code == 422
    assert practice.biller.get(f"/clients/{client_id}/ledger").status_code == 404
    assert practice.biller.post("/balances/lookup", {"client_ids": [str(client_id)]}).json == {"items": []}
    left = "SELECT display_name FROM client_copies WHERE id = %s UNION ALL SELECT 'assigned' FROM assignment_copies"
    assert billing_database.rows(f"{left} WHERE client_id = %s", client_id, client_id) == [("",)]
    assert practice.contradictions() == []


def test_a_change_that_is_dropped_ends_the_hold(practice: Practice, billing_database: ServiceDatabase) -> None:
    client_id = practice.client()
    change, other = proposed(practice, client_id), proposed(practice, client_id)
    practice.emit(change)
    practice.emit(other, decided(other, applies=False))
    assert said(billing_database, other) == ["being_changed"]
    assert practice.try_to_pay(client_id, 5_000).json["code"] == "client_held"
    practice.emit(decided(change, applies=False))
    practice.pay(client_id, 5_000)


@pytest.mark.parametrize("with_draft", [False, True], ids=["payment", "draft"])
def test_a_client_with_money_or_a_draft_is_used(
    practice: Practice, billing_database: ServiceDatabase, *, with_draft: bool
) -> None:
    client_id = practice.client()
    if with_draft:
        practice.draft(client_id, practice.service())
    else:
        practice.pay(client_id, 5_000)
    change = proposed(practice, client_id)
    practice.emit(change)
    assert said(billing_database, change) == ["used"]
    practice.emit(decided(change, applies=True))  # decided on what held a minute ago
    assert practice.biller.get(f"/clients/{client_id}/ledger").status_code == 200


def test_of_an_import_that_is_undone_who_has_money_is_named_and_the_other_held(
    practice: Practice, billing_database: ServiceDatabase
) -> None:
    paid, free = practice.client(), practice.client()
    practice.pay(paid, 5_000)
    answer_by = clock.now() + timedelta(seconds=30)
    change = ChangeProposed(practice.organization_id, new_id(), 1, "undo_import", (paid, free), answer_by)
    practice.emit(change)
    statement = "SELECT data->>'code', data->'used' FROM outbox WHERE aggregate_id = %s"
    assert billing_database.rows(statement, change.change_id) == [("ready", [str(paid)])]
    assert practice.try_to_pay(free, 5_000).json["code"] == "client_held"
    practice.pay(paid, 5_000)
    both = (practice.organization_id, change.change_id)
    practice.emit(
        ChangeDecided(*both, 2, change.kind, (free,), applies=True),
        ChangeDecided(*both, 3, change.kind, (paid,), applies=False),
    )
    assert practice.try_to_pay(free, 5_000).status_code == 422
    practice.pay(paid, 5_000)


def test_a_merge_is_agreed_to_and_held_and_the_old_address_leads_on(
    practice: Practice, billing_database: ServiceDatabase
) -> None:
    ends, stays = practice.client(), practice.client()
    practice.pay(ends, 5_000)
    ids, answer_by = (ends, stays), clock.now() + timedelta(seconds=30)
    change = ChangeProposed(practice.organization_id, new_id(), 1, "merge", ids, answer_by)
    practice.emit(change)
    assert said(billing_database, change) == ["ready"], "money does not stand against it"
    assert practice.try_to_pay(stays, 5_000).json["code"] == "client_held"
    practice.emit(decided(change, applies=True), ClientChanged(practice.organization_id, ends, 9, "Ada S.", "active"))
    moved = practice.biller.get(f"/clients/{ends}/ledger")
    assert (moved.status_code, moved.headers["Location"]) == (308, f"/api/v1/clients/{stays}/ledger")
    paid = practice.try_to_pay(ends, 2_000)
    assert (paid.status_code, paid.json["client_id"]) == (201, str(stays))
    parted = ChangeProposed(practice.organization_id, new_id(), 1, "unmerge", ids, answer_by)
    practice.emit(parted, decided(parted, applies=True))
    assert said(billing_database, parted) == ["ready"]
    assert practice.biller.get(f"/clients/{ends}/ledger").status_code == 200
    assert practice.contradictions() == []
