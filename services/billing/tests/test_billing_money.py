"""Payments, credit, refunds and the client's ledger, as a biller lives them (stories 30, 35)."""

from __future__ import annotations

from datetime import timedelta

from shared.ids import new_id_of


def test_partial_payments_overpayment_and_credit(practice):
    client, service = practice.client(), practice.service(rate_cents=15_000)
    first = practice.issue(client, service)
    assert (first["status"], first["total_cents"], first["balance_cents"]) == ("open", 15_000, 15_000)

    balances = []
    for cents, method in ((5_000, "cash"), (6_000, "check"), (10_000, "card")):
        paid = practice.pay(client, cents, method)
        now = practice.biller.get(f"/invoices/{first['id']}").json
        balances.append((now["status"], now["balance_cents"], paid["unapplied_cents"]))
    assert balances == [("partially_paid", 10_000, 0), ("partially_paid", 4_000, 0), ("paid", 0, 6_000)]
    assert practice.ledger(client)["balance_cents"] == -6_000
    assert practice.ledger(client)["credit_cents"] == 6_000

    second = practice.issue(client, service)
    assert second["balance_cents"] == 15_000, "credit never applies itself"
    applied = practice.biller.post(f"/invoices/{second['id']}/apply-credit", {})
    assert (applied.status_code, applied.json["balance_cents"]) == (200, 9_000)

    ledger = practice.ledger(client)
    assert [(row["kind"], row["amount_cents"], row["balance_after_cents"]) for row in ledger["entries"]] == [
        ("charge", 15_000, 15_000),
        ("payment", -5_000, 10_000),
        ("payment", -6_000, 4_000),
        ("payment", -10_000, -6_000),
        ("charge", 15_000, 9_000),
    ]
    assert (ledger["balance_cents"], ledger["credit_cents"]) == (9_000, 0)


def test_the_ledger_reads_the_same_in_pages_and_from_either_end(practice):
    client, service = practice.client(), practice.service()
    for _ in range(3):
        practice.issue(client, service)
        practice.pay(client, 7_000)
    whole = practice.ledger(client)["entries"]
    pages, cursor = [], None
    while True:
        page = practice.ledger(client, limit=2, **({"cursor": cursor} if cursor else {}))
        pages += page["entries"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == whole and len(whole) == 6
    assert practice.ledger(client, order="newest")["entries"] == whole[::-1]
    assert sum(row["amount_cents"] for row in whole) == practice.ledger(client)["balance_cents"]


def test_money_without_a_word_goes_to_the_oldest_invoice_first(practice):
    client, service = practice.client(), practice.service()
    old, new = (practice.issue(client, service) for _ in range(2))
    paid = practice.pay(client, 20_000)
    assert paid["allocations"] == [
        {"invoice_id": old["id"], "invoice_number": old["number"], "amount_cents": 16_000},
        {"invoice_id": new["id"], "invoice_number": new["number"], "amount_cents": 4_000},
    ]
    assert practice.biller.get(f"/payments/{paid['id']}").json == paid
    assert practice.biller.get("/payments", client_id=str(client)).json["items"] == [paid]


def test_money_goes_where_it_is_told(practice):
    client, service = practice.client(), practice.service()
    _, new = (practice.issue(client, service) for _ in range(2))
    share = {"invoice_id": new["id"], "amount_cents": 3_000}
    paid = practice.pay(client, 5_000, allocations=[share])
    assert paid["allocations"] == [{**share, "invoice_number": new["number"]}]
    assert paid["unapplied_cents"] == 2_000
    assert practice.pay(client, 5_000, allocations=[])["unapplied_cents"] == 5_000


def test_payments_are_listed_by_their_ids_within_what_somebody_may_see(practice):
    client, other = practice.client(), practice.client()
    first, second, third = practice.pay(client, 100), practice.pay(client, 200), practice.pay(other, 300)
    ids = f"{third['id']},{first['id']},{first['id']},{client}"
    assert practice.biller.get("/payments", ids=ids).json["items"] == [first, third]
    assert practice.biller.get("/payments", ids=second["id"], client_id=str(other)).json["items"] == []
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    assert narrowed.get("/payments", ids=ids).json["items"] == []
    for wrong in ("x", "", ",".join([first["id"]] * 101)):
        assert practice.biller.get("/payments", ids=wrong).status_code == 422, wrong


def test_wrong_allocations_change_nothing(practice):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)["id"]
    draft = practice.draft(client, service)["id"]
    foreign = practice.issue(practice.client(), service)["id"]

    def refused(cents, *allocations, status=422):
        named = [{"invoice_id": str(invoice), "amount_cents": part} for invoice, part in allocations]
        response = practice.try_to_pay(client, cents, allocations=named)
        assert response.status_code == status, response.json
        return response.json["errors"][0]["code"]

    assert refused(1_000, (issued, 2_000)) == "more_than_paid"
    assert refused(20_000, (issued, 16_001)) == "more_than_due"
    assert refused(20_000, (issued, 1_000), (issued, 1_000)) == "repeated"
    assert refused(20_000, (draft, 1_000), status=409) == "not_issued"
    practice.biller.post(f"/invoices/{draft}/void", {"reason": "pro bono"})
    assert refused(20_000, (draft, 1_000), status=409) == "not_issued"
    paid = practice.issue(practice.client(), service)
    assert refused(20_000, (issued, 1_000), (paid["id"], 1)) == "unknown"
    assert refused(20_000, (foreign, 1_000)) == "unknown"
    assert practice.ledger(client)["balance_cents"] == 16_000
    assert practice.biller.get("/payments", client_id=str(client)).json["items"] == []


def test_wrong_payments(practice):
    client = practice.client()
    tomorrow = practice.today() + timedelta(days=2)
    for cents, facts in (
        (0, {}),
        (-5, {}),
        ("5", {}),
        (5.0, {}),
        (True, {}),
        (10**13, {}),
        (100, {"method": "barter"}),
        (100, {"received_on": str(tomorrow)}),
        (100, {"received_on": "yesterday"}),
        (100, {"client_id": "nobody"}),
        (100, {"surprise": 1}),
    ):
        assert practice.try_to_pay(client, cents, **facts).status_code == 422, (cents, facts)
    unknown = "01890000-0000-7000-8000-000000000000"  # old enough to be known, if it were one
    assert practice.try_to_pay(unknown, 100).status_code == 422


def test_a_client_too_young_to_have_arrived_is_waited_for(practice, monkeypatch):
    monkeypatch.setattr("shared.database.read_your_writes.WAIT_SECONDS", 0.1)
    response = practice.try_to_pay(new_id_of(practice.organization_id), 100)
    assert (response.status_code, response.json["code"]) == (503, "not_arrived_yet")
    assert response.headers["Retry-After"] == "1"


def test_refunds_come_out_of_credit_only(practice):
    client, service = practice.client(), practice.service(rate_cents=15_000)
    practice.issue(client, service)
    paid = practice.pay(client, 21_000, "card")
    path = f"/payments/{paid['id']}/refunds"
    twenty = {"amount_cents": 2_000, "reason": "overpaid"}

    assert practice.biller.post(path, twenty).status_code == 403, "Billing needs the grant"
    granted = practice.somebody("billing", grants=("refunds",))
    first = granted.post(path, twenty)
    assert (first.status_code, first.json["amount_cents"], first.json["payment_id"]) == (
        201,
        2_000,
        paid["id"],
    )
    too_much = practice.administrator.post(path, {"amount_cents": 5_000, "reason": "more"})
    assert (too_much.status_code, too_much.json["errors"][0]["code"]) == (422, "more_than_credit")

    after = practice.biller.get(f"/payments/{paid['id']}").json
    assert (after["unapplied_cents"], after["refunded_cents"]) == (4_000, 2_000)
    ledger = practice.ledger(client)
    assert (ledger["balance_cents"], ledger["credit_cents"]) == (-4_000, 4_000)
    assert (ledger["entries"][-1]["kind"], ledger["entries"][-1]["amount_cents"]) == ("refund", 2_000)


def test_credit_is_applied_within_what_there_is_and_what_is_due(practice):
    client, service = practice.client(), practice.service()
    invoice = practice.issue(client, service)["id"]
    path = f"/invoices/{invoice}/apply-credit"
    assert practice.biller.post(path, {}).json["code"] == "nothing_to_apply"
    for cents in (3_000, 20_000):
        practice.pay(client, cents, allocations=[])
    codes = [
        practice.biller.post(path, {"amount_cents": cents}).json["errors"][0]["code"] for cents in (23_001, 16_001)
    ]
    assert codes == ["more_than_credit", "more_than_due"]
    part = practice.biller.post(path, {"amount_cents": 4_000}).json
    assert (part["status"], part["balance_cents"]) == ("partially_paid", 12_000)
    left = [
        payment["unapplied_cents"] for payment in practice.biller.get("/payments", client_id=str(client)).json["items"]
    ]
    assert left == [0, 19_000], "the oldest money goes first"
    draft = practice.draft(client, service)["id"]
    assert practice.biller.post(f"/invoices/{draft}/apply-credit", {}).json["code"] == "not_issued"


def test_the_same_idempotency_key_pays_once(practice):
    client = practice.client()
    body = {
        "client_id": str(client),
        "amount_cents": 5_000,
        "method": "cash",
        "received_on": str(practice.today()),
    }
    first = practice.biller.post("/payments", body, Idempotency_Key="desk-1")
    again = practice.biller.post("/payments", body, Idempotency_Key="desk-1")
    other = practice.biller.post("/payments", {**body, "amount_cents": 1}, Idempotency_Key="desk-1")
    assert (first.json, first.status_code) == (again.json, again.status_code)
    assert other.status_code == 422
    assert practice.ledger(client)["credit_cents"] == 5_000


def test_the_day_is_the_practices_not_the_worlds(practice, monkeypatch):
    from datetime import UTC, datetime

    # 03:00 UTC on New Year's Day is still the old year in New York, and so is the number.
    client, service = practice.client(), practice.service()
    draft = practice.draft(client, service)["id"]
    monkeypatch.setattr("shared.clock.now", lambda: datetime(2027, 1, 1, 3, 0, tzinfo=UTC))
    issued = practice.biller.post(f"/invoices/{draft}/issue", {}).json
    assert (issued["number"], issued["issued_on"], issued["due_on"]) == (
        "NY-2026-1",
        "2026-12-31",
        "2027-01-30",
    )
