"""A corrected diagnosis reaches the draft; of what is issued it proposes an amendment."""

from __future__ import annotations


def correct(practice, client, service, appointment, version, *codes):
    event = practice.documented(
        client, service, appointment_id=appointment, version=version, service_date=practice.today()
    )
    practice.emit(type(event)(**{**{name: getattr(event, name) for name in event.__slots__}, "diagnosis_codes": codes}))


def shown(practice, invoice):
    one = practice.biller.get(f"/invoices/{invoice['id']}").json
    return one["lines"][0]["diagnosis_codes"], [change["diagnosis_codes"] for change in one["amendments"]], one


def test_the_draft_follows(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)
    correct(practice, client, service, draft["appointment_id"], 2, "F33.1", "F41.1")
    correct(practice, client, service, draft["appointment_id"], 1, "F99")
    codes, changes, one = shown(practice, draft)
    assert (codes, changes, one["total_cents"]) == (["F33.1", "F41.1"], [], draft["total_cents"])


def test_of_what_is_issued_an_amendment_is_proposed(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    practice.pay(client, 16_000)
    correct(practice, client, service, issued["appointment_id"], 2, "F33.1")
    codes, changes, one = shown(practice, issued)
    assert (codes, changes) == (["F41.1"], [["F33.1"]])
    assert [hold["code"] for hold in one["holds"]] == ["amendment_pending"]
    path = f"/invoices/{issued['id']}/amendments/{one['amendments'][0]['id']}/accept"
    assert practice.biller.post(path, {}).status_code == 200
    codes, _, one = shown(practice, issued)
    assert (codes, one["status"], one["balance_cents"]) == (["F33.1"], "paid", 0)
    assert practice.ledger(client)["balance_cents"] == 0
