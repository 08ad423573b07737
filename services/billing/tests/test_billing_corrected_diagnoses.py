"""A corrected diagnosis reaches the draft; of what is issued it proposes an amendment."""

from __future__ import annotations

import pytest

from shared.ids import new_id


def correct(practice, client, service, appointment, version, *codes):
    practice.document(client, service, appointment_id=appointment, version=version, diagnosis_codes=codes)


def shown(practice, invoice):
    found = practice.biller.get(f"/invoices/{invoice['id']}").json
    return found["lines"][0]["diagnosis_codes"], [change["diagnosis_codes"] for change in found["amendments"]], found


def test_the_draft_follows(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)
    correct(practice, client, service, draft["appointment_id"], 2, "F33.1", "F41.1")
    correct(practice, client, service, draft["appointment_id"], 1, "F99")
    codes, changes, found = shown(practice, draft)
    assert (codes, changes, found["total_cents"]) == (["F33.1", "F41.1"], [], draft["total_cents"])


def test_of_what_is_issued_an_amendment_is_proposed(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    practice.pay(client, 16_000)
    correct(practice, client, service, issued["appointment_id"], 2, "F33.1")
    codes, changes, found = shown(practice, issued)
    assert (codes, changes) == (["F41.1"], [["F33.1"]])
    assert [hold["code"] for hold in found["holds"]] == ["amendment_pending"]
    path = f"/invoices/{issued['id']}/amendments/{found['amendments'][0]['id']}/accept"
    assert practice.biller.post(path, {}).status_code == 200
    codes, _, found = shown(practice, issued)
    assert (codes, found["status"], found["balance_cents"]) == (["F33.1"], "paid", 0)
    assert practice.ledger(client)["balance_cents"] == 0


@pytest.mark.parametrize("stage", ["draft", "issue"])
def test_a_session_that_is_not_billed_is_drafted_by_nobody_but_as_corrected_once_somebody_asks(practice, stage):
    client, service = practice.client(), practice.service()
    same = {"case_id": new_id(), "note_id": new_id()}
    made = getattr(practice, stage)(client, service, **same)
    appointment = made["appointment_id"]
    practice.biller.post(f"/invoices/{made['id']}/void", {"reason": "pro bono", "redraft": False})
    for version, codes in ((2, ("F33.1",)), (3, ("F33.1", "F41.1")), (2, ("F99",))):
        facts = {"version": version, "diagnosis_codes": codes, **same}
        practice.document(client, service, appointment_id=appointment, **facts)
    assert len(practice.biller.get("/unbilled-sessions").json["items"]) == 1
    assert [found["status"] for found in practice.invoices(appointment)] == ["void"]
    drafted = practice.biller.post(f"/appointments/{appointment}/draft-invoice", {"client_id": str(client)})
    assert drafted.json["lines"][0]["diagnosis_codes"] == ["F33.1", "F41.1"]
    practice.biller.post(f"/invoices/{drafted.json['id']}/void", {"reason": "pro bono", "redraft": False})
    practice.document(client, service, appointment_id=appointment, version=4, minutes=56, **same)
    assert [found["status"] for found in practice.invoices(appointment)] == ["void", "void", "draft"]
