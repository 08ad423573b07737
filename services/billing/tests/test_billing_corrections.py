"""Void and amendment (stories 26, 27, 37; examples S13, S15): further entries, nothing rewritten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.ids import new_id

PSYCHOTHERAPY_45 = {"code": "90834", "rate_cents": 12_000, "note_minutes_min": 38, "note_minutes_max": 52}


def amended(practice, paid_cents=0):
    """An issued 90837, paid as told, of which the note was amended to 45 minutes of 90834."""
    client, long, short = practice.client(), practice.service(), practice.service(**PSYCHOTHERAPY_45)
    issued = practice.issue(client, long)
    if paid_cents:
        practice.pay(client, paid_cents)
    practice.document(client, short, appointment_id=issued["appointment_id"], version=2, minutes=45)
    return client, practice.biller.get(f"/invoices/{issued['id']}").json


def test_an_amendment_waits_for_a_person_then_reverses_and_replaces(practice, billing_database):
    client, waiting = amended(practice, paid_cents=16_000)
    assert ([hold["code"] for hold in waiting["holds"]], waiting["total_cents"]) == (
        ["amendment_pending"],
        16_000,
    )
    (amendment,) = waiting["amendments"]
    assert (amendment["state"], amendment["code"], amendment["charge_cents"]) == ("pending", "90834", 12_000)
    before = billing_database.rows("SELECT invoice_lines::text FROM invoice_lines WHERE id = %s", amendment["line_id"])

    path = f"/invoices/{waiting['id']}/amendments/{amendment['id']}/accept"
    accepted = practice.biller.post(path, {}).json
    assert (accepted["status"], accepted["total_cents"], accepted["balance_cents"]) == ("paid", 12_000, 0)
    assert [line["code"] for line in accepted["lines"]] == ["90834"]
    assert (accepted["number"], accepted["holds"]) == (waiting["number"], [])
    ledger = practice.ledger(client)
    assert (ledger["credit_cents"], ledger["balance_cents"]) == (4_000, -4_000)
    assert [(row["kind"], row["amount_cents"]) for row in ledger["entries"]] == [
        ("charge", 16_000),
        ("payment", -16_000),
        ("reversal", -16_000),
        ("charge", 12_000),
    ]
    after = billing_database.rows("SELECT invoice_lines::text FROM invoice_lines WHERE id = %s", amendment["line_id"])
    assert before == after and before, "the old line stays byte for byte"
    assert practice.biller.post(path, {}).json["code"] == "not_pending"


def test_an_amended_line_may_be_amended_again(practice):
    client, waiting = amended(practice)
    first = f"/invoices/{waiting['id']}/amendments/{waiting['amendments'][0]['id']}/accept"
    practice.biller.post(first, {})
    long = practice.service()
    practice.document(client, long, appointment_id=waiting["appointment_id"], version=3, minutes=55)
    again = practice.biller.get(f"/invoices/{waiting['id']}").json
    second = f"/invoices/{waiting['id']}/amendments/{again['amendments'][1]['id']}/accept"
    assert practice.biller.post(second, {}).json["total_cents"] == 16_000
    assert len(practice.invoices(waiting["appointment_id"])) == 1


TIMES = {"started_at": datetime(2026, 10, 6, 20, tzinfo=UTC), "stopped_at": datetime(2026, 10, 6, 20, 55, tzinfo=UTC)}
LATER = {"started_at": datetime(2026, 10, 6, 21, tzinfo=UTC), "stopped_at": datetime(2026, 10, 6, 21, 55, tzinfo=UTC)}
PLACE = {"place_of_service": "10", "telehealth": True}


@pytest.mark.parametrize("known", [{**TIMES, **PLACE}, {}])
def test_an_amendment_that_bills_and_prints_the_same_leaves_the_invoice_alone(practice, known):
    """Another note and plan behind it; and what lines of an early release do not know, and now learn."""
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service, has_signed_plan=False, **known)
    again = {**TIMES, **PLACE, "appointment_id": issued["appointment_id"], "has_signed_plan": True}
    practice.document(client, service, version=2, **again)
    assert practice.biller.get(f"/invoices/{issued['id']}").json == issued


@pytest.mark.parametrize("amended", [{"minutes": 56}, LATER, {"place_of_service": "11", "telehealth": False}])
def test_what_an_invoice_prints_or_a_claim_says_is_proposed_at_the_same_price(practice, amended):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service, **TIMES, **PLACE)
    practice.pay(client, 16_000)
    facts = {**TIMES, **PLACE, **amended, "appointment_id": issued["appointment_id"]}
    practice.document(client, service, version=2, **facts)
    path = f"/invoices/{issued['id']}"
    (pending,) = practice.biller.get(path).json["amendments"]
    assert (pending["state"], pending["charge_cents"], pending["holds"]) == ("pending", 16_000, [])
    accepted = practice.biller.post(f"{path}/amendments/{pending['id']}/accept", {}).json
    assert (accepted["status"], accepted["number"], accepted["balance_cents"]) == ("paid", issued["number"], 0)
    practice.document(client, service, version=3, **facts)
    assert practice.biller.get(path).json == accepted


def test_the_newest_pending_amendment_replaces_the_one_before(practice):
    client, waiting = amended(practice)
    short = waiting["amendments"][0]["service_type_id"]
    for version in (4, 3, 4):
        practice.document(
            client, short, appointment_id=waiting["appointment_id"], version=version, minutes=40 + version
        )
    (pending,) = practice.biller.get(f"/invoices/{waiting['id']}").json["amendments"]
    assert pending["minutes"] == 44


def test_an_amendment_whose_minutes_do_not_fit_needs_the_right_service(practice):
    client, long, short = practice.client(), practice.service(), practice.service(**PSYCHOTHERAPY_45)
    issued = practice.issue(client, long)
    practice.document(client, long, appointment_id=issued["appointment_id"], version=2, minutes=45)
    (pending,) = practice.biller.get(f"/invoices/{issued['id']}").json["amendments"]
    path = f"/invoices/{issued['id']}/amendments/{pending['id']}/accept"
    assert (pending["holds"][0]["detail"], practice.biller.post(path, {}).json["code"]) == (
        "45 minutes do not fit 90837. Choose 90834, or have the minutes of the note corrected.",
        "held",
    )
    accepted = practice.biller.post(path, {"service_type_id": str(short)})
    assert accepted.json["total_cents"] == 12_000


def test_void_keeps_the_number_and_turns_what_was_paid_into_credit(practice):
    client, service = practice.client(), practice.service(rate_cents=15_000)
    issued = practice.issue(client, service)
    practice.pay(client, 6_000)
    path = f"/invoices/{issued['id']}/void"
    assert practice.biller.post(path, {}).status_code == 422, "a reason is required"
    void = practice.biller.post(path, {"reason": "wrong client"}).json
    assert (void["status"], void["number"], void["balance_cents"]) == ("void", issued["number"], 0)
    ledger = practice.ledger(client)
    assert (ledger["balance_cents"], ledger["credit_cents"]) == (-6_000, 6_000)
    assert practice.biller.post(path, {"reason": "again"}).json["code"] == "already_void"

    redrafted = practice.biller.get(f"/invoices/{void['redraft_invoice_id']}").json
    assert (redrafted["status"], redrafted["total_cents"]) == ("draft", 15_000)
    again = practice.biller.post(f"/invoices/{redrafted['id']}/issue", {}).json
    assert again["number"] == issued["number"].replace("-1", "-2")
    paid = practice.biller.post(f"/invoices/{again['id']}/apply-credit", {}).json
    assert paid["balance_cents"] == 9_000


def test_a_void_invoice_is_billed_again_only_when_asked_or_amended(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    appointment = issued["appointment_id"]
    body = {"reason": "courtesy", "redraft": False}
    void = practice.biller.post(f"/invoices/{issued['id']}/void", body).json
    assert void["redraft_invoice_id"] is None
    practice.document(client, service, appointment_id=appointment)
    assert [invoice["status"] for invoice in practice.invoices(appointment)] == ["void"], (
        "the same version is nothing new"
    )
    practice.document(client, service, appointment_id=appointment, version=2)
    assert [invoice["status"] for invoice in practice.invoices(appointment)] == ["void", "draft"]


def test_a_draft_is_discarded_without_a_number(practice):
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)
    void = practice.biller.post(f"/invoices/{draft['id']}/void", {"reason": "pro bono", "redraft": False}).json
    assert (void["status"], void["number"], void["redraft_invoice_id"]) == ("void", None, None)
    assert practice.biller.post(f"/invoices/{draft['id']}/issue", {}).json["code"] == "not_a_draft"
    assert practice.ledger(client)["entries"] == []
    year = practice.today().year
    assert practice.issue(client, service)["number"] == f"NY-{year}-1", "a draft takes no number"


def test_a_pending_amendment_goes_with_its_invoice(practice):
    _, waiting = amended(practice)
    void = practice.biller.post(f"/invoices/{waiting['id']}/void", {"reason": "start over"}).json
    assert [amendment["state"] for amendment in void["amendments"]] == ["withdrawn"]
    redrafted = practice.biller.get(f"/invoices/{void['redraft_invoice_id']}").json
    assert [line["code"] for line in redrafted["lines"]] == ["90834"], "as documented last"
    accept = f"/invoices/{waiting['id']}/amendments/{void['amendments'][0]['id']}/accept"
    assert practice.biller.post(accept, {}).json["code"] == "not_pending"
    nowhere = f"/invoices/{waiting['id']}/amendments/{new_id()}/accept"
    assert practice.biller.post(nowhere, {}).status_code == 404


def test_what_was_amended_and_then_voided_is_not_billed_by_a_replay(practice):
    client, waiting = amended(practice)
    body = {"reason": "courtesy", "redraft": False}
    practice.biller.post(f"/invoices/{waiting['id']}/void", body)
    short = waiting["amendments"][0]["service_type_id"]
    practice.document(client, short, appointment_id=waiting["appointment_id"], version=2, minutes=45)
    assert [invoice["status"] for invoice in practice.invoices(waiting["appointment_id"])] == ["void"]
