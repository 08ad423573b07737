"""Invoices by what they wait for: filters, counts, and the indexes that serve them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.billing.client_accounts import queries as account_queries
from shared.ids import new_id
from shared.testing.plans import plan_of


def ids(practice, **query):
    """Ids of a list of invoices."""
    response = practice.biller.get("/invoices", **query)
    assert response.status_code == 200, response.json
    return [item["id"] for item in response.json["items"]]


@pytest.fixture
def waiting(practice):
    """One invoice of each kind."""
    client, service = practice.client(), practice.service()
    made = {
        "ready": practice.draft(client, service)["id"],
        "held": practice.draft(client, service, minutes=20)["id"],
        "open": practice.issue(client, service)["id"],
        "partly": practice.issue(client, service)["id"],
        "paid": practice.issue(client, service)["id"],
        "void": practice.issue(client, service)["id"],
    }
    for name, cents in (("partly", 5_000), ("paid", 16_000)):
        practice.pay(client, cents, allocations=[{"invoice_id": made[name], "amount_cents": cents}])
    body = {"reason": "Twice.", "redraft": False}
    assert practice.biller.post(f"/invoices/{made['void']}/void", body).status_code == 200
    return made


def test_a_list_is_narrowed_to_several_statuses_and_to_what_is_held(practice, waiting):
    assert ids(practice, status="open,partially_paid", sort="-created_at") == [waiting["partly"], waiting["open"]]
    assert ids(practice, status="paid,void") == [waiting["paid"], waiting["void"]]
    assert ids(practice, held="true") == [waiting["held"]]
    assert ids(practice, held="false", status="draft") == [waiting["ready"]]
    assert practice.biller.get("/invoices", status="open,lost").json["errors"][0]["field"] == "status"


def test_a_list_is_narrowed_by_number_and_day_of_issue(practice, waiting):
    number = practice.biller.get(f"/invoices/{waiting['paid']}").json["number"]
    assert ids(practice, number=number) == [waiting["paid"]]
    assert ids(practice, number="NY-1999-1") == []
    today, tomorrow = practice.today(), practice.today() + timedelta(days=1)
    assert len(ids(practice, issued_from=str(today), issued_to=str(today), sort="issued_on")) == 4
    assert ids(practice, issued_from=str(tomorrow)) == []


def test_overdue_is_a_filter_of_its_own(practice, waiting):
    """The day it is due is the last good one."""
    assert ids(practice, overdue="true") == []
    yesterday = practice.today() - timedelta(days=1)
    statement = text("UPDATE invoices SET due_on = :day WHERE organization_id = :practice AND issued_on IS NOT NULL")
    values = {"day": yesterday, "practice": practice.organization_id}
    practice.worker.run(lambda session: session.execute(statement, values), practice.organization_id)
    assert ids(practice, overdue="true") == [waiting["open"], waiting["partly"]]
    others = ids(practice, overdue="false")
    assert set(others) == set(waiting.values()) - {waiting["open"], waiting["partly"]}
    assert practice.biller.get("/invoices/counts").json["overdue"] == 2


def test_an_amendment_that_waits_is_held(practice):
    client, service = practice.client(), practice.service()
    shorter = practice.service(name="Psychotherapy 45", code="90834", note_minutes_min=38, note_minutes_max=52)
    appointment = practice.document(client, service)
    (draft,) = practice.invoices(appointment)
    assert practice.biller.post(f"/invoices/{draft['id']}/issue", {}).status_code == 200
    practice.document(client, shorter, appointment_id=appointment, version=2, minutes=45)
    assert ids(practice, held="true") == [draft["id"]]
    assert practice.biller.get("/invoices/counts").json["held"] == 1


def test_counts_say_how_many_wait_for_what(practice, waiting):
    assert practice.biller.get("/invoices/counts").json == {
        "draft": 2,
        "held": 1,
        "open": 2,
        "overdue": 0,
        "paid": 1,
        "void": 1,
        "written_off": 0,
    }
    for level in ("default", "therapist"):
        assert practice.somebody(level).get("/invoices/counts").status_code == 403


def test_counts_of_somebody_narrowed_are_of_assigned_clients_alone(practice, waiting):
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    assert set(narrowed.get("/invoices/counts").json.values()) == {0}
    client = practice.client()
    practice.assign(client, narrowed.staff_id)
    mine = practice.draft(client, practice.service())["id"]
    assert narrowed.get("/invoices/counts").json["draft"] == 1
    assert [invoice["id"] for invoice in narrowed.get("/invoices", held="false").json["items"]] == [mine]


def test_invoices_are_looked_up_by_appointment(practice):
    client, service = practice.client(), practice.service()
    drafted, again = practice.draft(client, service), practice.issue(client, service)
    response = practice.biller.post(f"/invoices/{again['id']}/void", {"reason": "Twice."})
    body = {"appointment_ids": [drafted["appointment_id"], again["appointment_id"], str(new_id())]}
    found = practice.biller.post("/invoices/lookup", body).json["items"]
    assert {invoice["appointment_id"]: (invoice["invoice_id"], invoice["status"]) for invoice in found} == {
        drafted["appointment_id"]: (drafted["id"], "draft"),
        again["appointment_id"]: (response.json["redraft_invoice_id"], "draft"),
    }
    body = {"reason": "After all.", "redraft": False}
    assert practice.biller.post(f"/invoices/{response.json['redraft_invoice_id']}/void", body).status_code == 200
    (void,) = practice.biller.post("/invoices/lookup", {"appointment_ids": [again["appointment_id"]]}).json["items"]
    assert void["status"] == "void" and void["client_id"] == str(client)


def test_a_lookup_leaves_out_what_somebody_may_not_see(practice):
    mine, other, service = practice.client(), practice.client(), practice.service()
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    practice.assign(mine, narrowed.staff_id)
    drafts = [practice.draft(client, service) for client in (mine, other)]
    body = {"appointment_ids": [draft["appointment_id"] for draft in drafts]}
    found = narrowed.post("/invoices/lookup", body).json["items"]
    assert [invoice["invoice_id"] for invoice in found] == [drafts[0]["id"]]
    assert practice.somebody("therapist").post("/invoices/lookup", body).status_code == 403
    too_many = {"appointment_ids": [str(new_id()) for _ in range(101)]}
    assert practice.biller.post("/invoices/lookup", too_many).status_code == 422


def balances(asker, *client_ids):
    """Cents by client."""
    response = asker.post("/balances/lookup", {"client_ids": [str(client_id) for client_id in client_ids]})
    assert response.status_code == 200, response.json
    return {UUID(item["client_id"]): item["balance_cents"] for item in response.json["items"]}


def test_balances_are_looked_up_as_the_ledgers_say(practice):
    owing, credited, new = practice.client(), practice.client(), practice.client()
    practice.issue(owing, practice.service())
    practice.pay(credited, 5_000)
    found = balances(practice.biller, owing, credited, new, new_id())
    assert found == {owing: 16_000, credited: -5_000, new: 0}
    for client_id, cents in found.items():
        assert practice.biller.get(f"/clients/{client_id}/ledger").json["balance_cents"] == cents


def test_balances_of_hidden_clients_are_left_out_and_on_nobodys_record(practice, billing_database):
    mine, other = practice.client(), practice.client()
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    practice.assign(mine, narrowed.staff_id)
    assert balances(narrowed, mine, other) == {mine: 0}
    query = "SELECT rule, client_ids FROM audit_entries WHERE actor_id = %s AND action = 'balances.lookup'"
    assert billing_database.rows(query, narrowed.staff_id) == [("assigned", [mine])]
    for level in ("default", "therapist"):
        refused = practice.somebody(level).post("/balances/lookup", {"client_ids": [str(mine)]})
        assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    stranger = practice.somebody("billing", organization_id=new_id())
    assert balances(stranger, mine, other) == {}
    too_many = {"client_ids": [str(new_id()) for _ in range(101)]}
    assert practice.biller.post("/balances/lookup", too_many).json["errors"][0]["field"] == "client_ids"


def test_primary_keys_serve_balances_in_one_statement(practice, billing_database):
    statement = account_queries.balances(practice.biller.actor, [new_id()])
    plan = plan_of(billing_database, practice.organization_id, statement)
    assert "pk_client_copies" in plan and "pk_client_accounts" in plan and "Seq Scan" not in plan, plan


def test_payments_are_narrowed_by_day_and_method(practice):
    client, day = practice.client(), practice.today()
    made = [
        practice.pay(client, 100 + back, method, received_on=str(day - timedelta(days=back)))["id"]
        for back, method in ((0, "cash"), (1, "check"), (2, "cash"))
    ]

    def found(**query):
        return [payment["id"] for payment in practice.biller.get("/payments", **query).json["items"]]

    assert found(method="cash", sort="-received_on") == [made[0], made[2]]
    assert found(**{"from": str(day - timedelta(days=1)), "sort": "received_on"}) == [made[1], made[0]]
    assert found(**{"to": str(day - timedelta(days=1)), "from": str(day - timedelta(days=1))}) == [made[1]]
    assert practice.biller.get("/payments", method="gold").json["errors"][0]["field"] == "method"


def test_payments_are_summed_up_by_day_and_method(practice):
    client, day = practice.client(), practice.today()
    yesterday = str(day - timedelta(days=1))
    for cents, method, on in ((100, "cash", str(day)), (250, "cash", str(day)), (400, "card", yesterday)):
        practice.pay(client, cents, method, received_on=on)
    wrong = practice.pay(client, 900, "check", received_on=str(day))
    practice.administrator.post(f"/payments/{wrong['id']}/void", {"reason": "Entered twice."})

    today = practice.biller.get("/payments/by-day").json
    cash = {"on": str(day), "method": "cash", "count": 2, "amount_cents": 350}
    assert today == {"from": str(day), "to": str(day), "items": [cash]}, "what is void does not count"
    card = {"on": yesterday, "method": "card", "count": 1, "amount_cents": 400}
    assert practice.biller.get("/payments/by-day", **{"from": yesterday}).json["items"] == [cash, card]
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    assert narrowed.get("/payments/by-day", **{"from": yesterday}).json["items"] == []
    assert practice.somebody("therapist").get("/payments/by-day").status_code == 403


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [("2026-01-02", "2026-01-01", "before_from"), ("2025-01-01", "2026-01-02", "too_many_days")],
)
def test_sums_of_too_many_days_are_refused(practice, first, last, code):
    refused = practice.biller.get("/payments/by-day", **{"from": first, "to": last})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)
    assert practice.biller.get("/payments/by-day", **{"from": "2025-01-01", "to": "2026-01-01"}).status_code == 200


def test_invoices_and_payments_name_their_client_to_somebody_who_may_read_clients(practice, web):
    client, service = practice.client(), practice.service()
    invoice, payment = practice.issue(client, service), practice.pay(client, 100)
    void = practice.biller.post(f"/invoices/{invoice['id']}/void", {"reason": "Twice.", "redraft": False}).json
    assert {item["client_name"] for item in (invoice, payment, void)} == {"Ada L."}
    paths = ("/invoices", "/payments", "/unbilled-sessions")
    for path in paths:
        assert [item["client_name"] for item in practice.biller.get(path).json["items"]] == ["Ada L."], path
    program = web.as_program("invoices:read", "payments:read", organization_id=practice.organization_id)
    for path in paths:
        assert [item["client_name"] for item in program.get(path).json["items"]] == [None], path


def test_a_ledger_names_the_documents_of_its_entries(practice):
    client, service = practice.client(), practice.service()
    invoice = practice.issue(client, service)
    payment = practice.pay(client, 20_000)
    practice.administrator.post(f"/payments/{payment['id']}/refunds", {"amount_cents": 1_000, "reason": "Asked."})
    entries = practice.ledger(client)["entries"]
    assert [(entry["kind"], entry["invoice_id"], entry["payment_id"]) for entry in entries] == [
        ("charge", invoice["id"], None),
        ("payment", None, payment["id"]),
        ("refund", None, payment["id"]),
    ]


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (
            "SELECT id FROM invoices WHERE organization_id = %s AND status IN ('open', 'partially_paid')"
            " AND client_due_cents > 0 AND due_on < CURRENT_DATE ORDER BY id DESC LIMIT 51",
            "ix_invoices_owing",
        ),
        (
            "SELECT invoice_id FROM invoice_amendments WHERE organization_id = %s AND state = 'pending'",
            "ix_invoice_amendments_waiting",
        ),
        (
            "SELECT id FROM payments WHERE organization_id = %s AND method = 'cash'"
            " AND received_on >= CURRENT_DATE ORDER BY received_on DESC, id DESC LIMIT 51",
            "ix_payments_method",
        ),
        (
            "SELECT received_on, method, amount_cents FROM payments WHERE organization_id = %s"
            " AND received_on BETWEEN CURRENT_DATE - 30 AND CURRENT_DATE AND undone IS NULL",
            "ix_payments_received_on",
        ),
    ],
)
def test_an_index_serves_each_filter(billing_database, statement, index):
    """Asked as the web process asks, for whom row-level security keeps what is not leakproof off the indexes."""
    organization_id = new_id()
    plan = plan_of(billing_database, organization_id, statement, organization_id)
    assert index in plan and "Sort" not in plan, plan
