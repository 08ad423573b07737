"""Money within a family: what one of two merged clients paid lies on invoices of the other, and stays right apart."""

from __future__ import annotations

import pytest


@pytest.fixture
def two(practice):
    """Two clients, and a service at 160.00."""
    return practice.client(), practice.client(), practice.service()


def post(practice, path, body=None):
    response = practice.administrator.post(path, body or {})
    assert response.status_code < 300, response.json
    return response.json


def invoice(practice, issued):
    return practice.biller.get(f"/invoices/{issued['id']}").json


def payment(practice, paid):
    return practice.biller.get(f"/payments/{paid['id']}").json


def shown(practice, client):
    """Kinds and amounts of a client's ledger, and the balance at its end."""
    entries = practice.entries(client)
    return [(entry["kind"], entry["amount_cents"]) for entry in entries], practice.ledger(client)["balance_cents"]


def test_a_payment_goes_to_the_oldest_invoice_of_the_family(practice, two):
    stays, ends, service = two
    first = practice.issue(ends, service)
    second = practice.issue(stays, service)
    practice.merge(ends, stays)
    paid = practice.pay(ends, 20_000)  # an old id in a body means the survivor
    assert paid["client_id"] == str(stays)
    assert [part["invoice_id"] for part in paid["allocations"]] == [first["id"], second["id"]]
    assert (invoice(practice, first)["status"], invoice(practice, second)["client_due_cents"]) == ("paid", 12_000)
    assert practice.contradictions() == []
    # For the family credit on an invoice changes nothing; apart, each ledger comes to its own documents.
    assert shown(practice, stays) == ([("charge", 16_000), ("charge", 16_000), ("payment", -20_000)], 12_000)
    practice.separate(ends, stays)
    assert shown(practice, stays) == ([("charge", 16_000), ("payment", -20_000), ("allocation", 16_000)], 12_000)
    assert shown(practice, ends) == ([("charge", 16_000), ("allocation", -16_000)], 0)


def test_invoices_of_the_family_may_be_named_and_no_others(practice, two):
    stays, ends, service = two
    theirs, stranger = practice.issue(ends, service), practice.issue(practice.client(), service)

    def pay(issued):
        return practice.try_to_pay(stays, 9_000, allocations=[{"invoice_id": issued["id"], "amount_cents": 9_000}])

    assert pay(theirs).json["errors"][0]["code"] == "unknown"
    practice.merge(ends, stays)
    assert pay(stranger).json["errors"][0]["code"] == "unknown"
    assert pay(theirs).status_code == 201
    practice.separate(ends, stays)
    assert pay(theirs).json["errors"][0]["code"] == "unknown"
    assert invoice(practice, theirs)["client_due_cents"] == 7_000


@pytest.mark.parametrize("owing", ["ends", "stays"])
def test_credit_of_either_pays_the_other(practice, two, owing):
    stays, ends, service = two
    debtor, payer = (ends, stays) if owing == "ends" else (stays, ends)
    paid, issued = practice.pay(payer, 10_000), practice.issue(debtor, service)
    practice.merge(ends, stays)
    assert post(practice, f"/invoices/{issued['id']}/apply-credit")["client_due_cents"] == 6_000
    refused = practice.administrator.post(f"/payments/{paid['id']}/refunds", {"amount_cents": 1, "reason": "asked"})
    assert refused.json["errors"][0]["code"] == "more_than_credit"
    assert practice.ledger(stays)["credit_cents"] == 0
    assert practice.contradictions() == []


@pytest.mark.parametrize("apart", [False, True], ids=["merged", "separate again"])
@pytest.mark.parametrize("what", ["void_invoice", "void_payment", "bounce", "write_off", "amend"])
def test_what_undoes_money_across_the_two_leaves_each_with_their_own(practice, two, billing_database, what, apart):
    """Also where the two are separate again: what lies across them is taken back on both sides."""
    stays, ends, service = two
    issued = practice.issue(ends, service)
    practice.merge(ends, stays)
    paid = practice.pay(stays, 10_000, "check")
    if apart:
        practice.separate(ends, stays)
    if what == "void_invoice":
        post(practice, f"/invoices/{issued['id']}/void", {"reason": "mistake", "redraft": False})
        assert payment(practice, paid)["unapplied_cents"] == 10_000
        balances = {stays: -10_000, ends: 0}
    elif what in ("void_payment", "bounce"):
        post(practice, f"/payments/{paid['id']}/{what.removesuffix('_payment')}", {"reason": "mistake"})
        assert invoice(practice, issued)["client_due_cents"] == 16_000
        balances = {stays: 0, ends: 16_000}
    elif what == "write_off":
        body = {"amount_cents": 6_000, "kind": "courtesy", "reason": "agreed"}
        made = post(practice, f"/invoices/{issued['id']}/write-offs", body)
        assert invoice(practice, issued)["status"] == "written_off" and made["client_id"] == str(ends)
        post(practice, f"/write-offs/{made['id']}/reverse", {"reason": "they pay"})
        balances = {stays: 0, ends: 6_000}
    else:
        short = practice.service(code="90834", rate_cents=9_000, note_minutes_min=38, note_minutes_max=52)
        practice.document(ends, short, appointment_id=issued["appointment_id"], version=2, minutes=45)
        (change,) = invoice(practice, issued)["amendments"]
        post(practice, f"/invoices/{issued['id']}/amendments/{change['id']}/accept")
        assert payment(practice, paid)["unapplied_cents"] == 1_000
        balances = {stays: -1_000, ends: 0}
    assert practice.contradictions() == []
    if what != "write_off":
        statement = "SELECT client_ids FROM audit_entries WHERE organization_id = %s AND outcome = 'done' ORDER BY id"
        named = billing_database.rows(f"{statement} DESC LIMIT 4", practice.organization_id)
        assert any(set(clients) >= {stays, ends} for (clients,) in named), "it is on record for both"
    if not apart:
        assert practice.ledger(stays)["balance_cents"] == sum(balances.values())
        practice.separate(ends, stays)
    assert {client: practice.ledger(client)["balance_cents"] for client in (stays, ends)} == balances


def test_in_a_family_of_three_only_credit_to_somebody_outside_is_shown(practice, two):
    stays, first, service = two
    second = practice.client()
    issued = practice.issue(second, service)
    practice.merge(first, stays)
    practice.merge(second, stays)
    practice.pay(first, 4_000)  # the survivor's
    whole = [("charge", 16_000), ("payment", -4_000)]
    assert shown(practice, stays) == (whole, 12_000)
    practice.separate(first, stays)
    assert shown(practice, stays) == (whole, 12_000)
    practice.separate(second, stays)
    practice.merge(first, stays)
    assert shown(practice, stays) == ([("payment", -4_000), ("allocation", 4_000)], 0)
    assert shown(practice, second) == ([("charge", 16_000), ("allocation", -4_000)], 12_000)
    query = {"kind": "allocation", "limit": "1"}
    assert [entry["balance_after_cents"] for entry in practice.entries(stays, **query)] == [0]
    assert practice.contradictions() == []
    assert issued["client_id"] == str(second)


@pytest.mark.abuse("A-IDOR-across-two")
def test_what_lies_across_two_who_are_separate_names_neither_to_who_sees_the_other(practice, two):
    stays, ends, service = two
    issued = practice.issue(ends, service)
    practice.merge(ends, stays)
    paid = practice.pay(stays, 16_000)
    practice.separate(ends, stays)
    for mine, other, open_to, hidden in (
        (stays, ends, f"/payments/{paid['id']}", f"/invoices/{issued['id']}"),
        (ends, stays, f"/invoices/{issued['id']}", f"/payments/{paid['id']}"),
    ):
        narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
        practice.assign(mine, narrowed.staff_id)
        assert (narrowed.get(open_to).status_code, narrowed.get(hidden).status_code) == (200, 404)
        ledger = narrowed.get(f"/clients/{mine}/ledger")
        entry = ledger.json["entries"][-1]
        number, file = issued["number"], narrowed.get(f"/clients/{mine}/ledger", format="csv")
        known = ("allocation", None, paid["id"]) if mine == stays else ("allocation", issued["id"], None)
        assert (entry["kind"], entry["invoice_id"], entry["payment_id"]) == known
        theirs = "Credit put on an invoice of somebody else" if mine == stays else f"Credit put on invoice {number}"
        assert entry["description"] == theirs and theirs in file.text
        for response in (ledger, narrowed.get(open_to)):
            assert str(other) not in response.text and str(mine) in response.text
        if mine == stays:
            nothing = {"invoice_id": None, "invoice_number": None, "amount_cents": 16_000}
            assert narrowed.get(open_to).json["allocations"] == [nothing]
            assert not any(number in response.text for response in (ledger, narrowed.get(open_to), file))
        entry = practice.biller.get(f"/clients/{mine}/ledger").json["entries"][-1]
        assert (entry["invoice_id"], entry["payment_id"]) == (issued["id"], paid["id"])
        assert entry["description"] == f"Credit put on invoice {number}"


def test_an_entry_across_two_stands_after_all_that_both_have(practice, two, billing_database):
    """Also where it is posted by a machine whose clock is behind."""
    stays, ends, service = two
    practice.issue(ends, service)
    late = "UPDATE client_accounts SET last_entry_id = 'ffffffff-0000-7000-8000-000000000000' WHERE client_id = %s"
    billing_database.rows(f"{late} RETURNING 1", ends)
    practice.merge(ends, stays)
    practice.pay(stays, 10_000)
    practice.separate(ends, stays)
    across = "SELECT DISTINCT entry_id FROM ledger_rows WHERE other_client_id IS NOT NULL AND organization_id = %s"
    ((entry_id,),) = billing_database.rows(across, practice.organization_id)
    assert str(entry_id) == "ffffffff-0000-7000-8000-000000000001"
