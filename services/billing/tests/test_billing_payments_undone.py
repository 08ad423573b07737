"""A payment entered in error is void, one that the bank took back has bounced: what it paid is due again."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.billing import checks
from services.billing.payment_corrections import rules
from shared.errors import Conflict

WAYS = {"void": "void", "bounce": "bounced"}


def undo(practice, payment, way="void", who=None, **body):
    body = {"reason": "entered twice", **body}
    return (who or practice.biller).post(f"/payments/{payment['id']}/{way}", body)


def bill(practice, invoice):
    found = practice.biller.get(f"/invoices/{invoice['id']}").json
    return found["status"], found["balance_cents"]


@pytest.mark.parametrize("way", WAYS)
def test_what_it_paid_is_due_again(practice, way):
    client, service = practice.client(), practice.service()
    first, second = (practice.issue(client, service) for _ in range(2))
    paid = practice.pay(client, 20_000, "check")
    assert (bill(practice, first), bill(practice, second)) == (("paid", 0), ("partially_paid", 12_000))
    before = practice.biller.get(f"/invoices/{first['id']}").json["version"]
    undone = undo(practice, paid, way)
    assert (undone.status_code, undone.json["status"]) == (200, WAYS[way])
    who = undone.json["undone"]
    assert (who["reason"], who["by_staff_id"]) == ("entered twice", str(practice.biller.staff_id))
    assert who["at"].endswith("Z")
    assert (undone.json["allocations"], undone.json["unapplied_cents"]) == ([], 0)
    assert undone.json["amount_cents"] == 20_000, "the payment stays as it was recorded"
    assert (bill(practice, first), bill(practice, second)) == (("open", 16_000), ("open", 16_000))
    assert practice.biller.get(f"/invoices/{first['id']}").json["version"] > before
    ledger = practice.ledger(client)
    assert (ledger["balance_cents"], ledger["credit_cents"]) == (32_000, 0)
    kinds = [(entry["kind"], entry["amount_cents"]) for entry in ledger["entries"][2:]]
    assert kinds == [("payment", -20_000), (rules.UNDONE_AS[WAYS[way]], 20_000)]
    assert practice.biller.get("/payments", client_id=str(client)).json["items"] == [undone.json]
    for again in WAYS:
        refused = undo(practice, paid, again)
        assert (refused.status_code, refused.json["code"]) == (409, "already_void")
    right = practice.pay(client, 16_000, "check")
    assert right["status"] == "received" and bill(practice, first) == ("paid", 0)


def test_credit_goes_with_it_and_other_payments_stay(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    other = practice.pay(client, 10_000)
    wrong = practice.pay(client, 9_000)
    assert (wrong["allocations"][0]["amount_cents"], wrong["unapplied_cents"]) == (6_000, 3_000)
    assert undo(practice, wrong).status_code == 200
    assert bill(practice, issued) == ("partially_paid", 6_000)
    assert practice.biller.get(f"/payments/{other['id']}").json["allocations"] == other["allocations"]
    assert practice.ledger(client)["credit_cents"] == 0


def test_a_payment_whose_invoice_is_void_is_undone_out_of_credit(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    paid = practice.pay(client, 16_000)
    practice.biller.post(f"/invoices/{issued['id']}/void", {"reason": "wrong", "redraft": False})
    assert undo(practice, paid).status_code == 200
    assert practice.ledger(client)["balance_cents"] == 0 and bill(practice, issued) == ("void", 0)


@pytest.mark.abuse("A-MONEY-twice")
def test_what_was_refunded_is_not_undone_as_well(practice):
    client = practice.client()
    paid = practice.pay(client, 10_000, "check")
    refund = {"amount_cents": 1, "reason": "overpaid"}
    assert practice.administrator.post(f"/payments/{paid['id']}/refunds", refund).status_code == 201
    for way in WAYS:
        refused = undo(practice, paid, way, practice.administrator)
        assert (refused.status_code, refused.json["code"]) == (409, "refunded")
    gone = practice.pay(client, 5_000, "check")
    undo(practice, gone)
    late = practice.administrator.post(f"/payments/{gone['id']}/refunds", refund)
    assert (late.status_code, late.json["errors"][0]["code"]) == (422, "more_than_credit")


def test_who_may_and_what_is_asked(practice):
    client = practice.client()
    paid, cash = practice.pay(client, 100, "check"), practice.pay(client, 100, "cash")
    for level in ("default", "therapist"):
        assert undo(practice, paid, who=practice.somebody(level)).status_code == 403
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    assert undo(practice, paid, who=narrowed).status_code == 404
    for body in ({"reason": None}, {"reason": ""}, {"reason": " \u200b"}, {"fee_cents": 100}):
        assert undo(practice, paid, **body).status_code == 422, body
    assert undo(practice, cash, "bounce").json["code"] == "cannot_bounce"
    bounced = undo(practice, paid, "bounce", reason=None)
    assert (bounced.status_code, bounced.json["undone"]["reason"]) == (200, None)


@pytest.mark.abuse("A-MONEY-twice")
def test_undone_refunded_applied_and_voided_at_once_nothing_is_lost_or_doubled(practice):
    client, service = practice.client(), practice.service()
    for _ in range(3):
        invoices = [practice.issue(client, service)["id"] for _ in range(2)]
        paid = practice.pay(client, 20_000, "check", allocations=[{"invoice_id": invoices[0], "amount_cents": 9_000}])
        refund = {"amount_cents": 9_000, "reason": "moved away"}
        calls = [
            lambda paid=paid: undo(practice, paid),
            lambda paid=paid: undo(practice, paid, "bounce"),
            lambda paid=paid, refund=refund: practice.administrator.post(f"/payments/{paid['id']}/refunds", refund),
            lambda invoice_id=invoices[1]: practice.biller.post(f"/invoices/{invoice_id}/apply-credit", {}),
            lambda invoice_id=invoices[0]: practice.biller.post(f"/invoices/{invoice_id}/void", {"reason": "wrong"}),
            lambda: practice.try_to_pay(client, 1_000),
        ]
        with ThreadPoolExecutor(len(calls)) as pool:
            answers = [future.result() for future in [pool.submit(call) for call in calls]]
        assert not [response.json for response in answers if response.status_code >= 500]
        codes = Counter(response.status_code for response in answers[:2])
        refunded = answers[2].status_code == 201
        assert codes == ({409: 2} if refunded else {200: 1, 409: 1})
        assert practice.contradictions() == []


def test_a_payment_that_is_undone_without_its_entry_is_found(practice, billing_database):
    paid = practice.pay(practice.client(), 100)
    change = "UPDATE payments SET undone = %s, undone_at = %s, unapplied_cents = %s WHERE id = %s RETURNING 1"
    billing_database.rows(change, "void", "2026-11-01T00:00Z", 0, paid["id"])
    assert practice.worker.run(checks.payments_are_accounted_for, practice.organization_id)
    billing_database.rows(change, None, None, 100, paid["id"])


@pytest.mark.parametrize(
    ("way", "facts", "code"),
    [
        ("void", {"method": "check", "undone": True, "refunded": True}, "already_void"),
        ("void", {"method": "card", "undone": False, "refunded": True}, "refunded"),
        ("bounced", {"method": "cash", "undone": False, "refunded": False}, "cannot_bounce"),
    ],
)
def test_what_undoing_is_refused_for(way, facts, code):
    with pytest.raises(Conflict) as refused:
        rules.ensure_may_undo(rules.Undo(way, None), **facts)
    assert refused.value.code == code
