"""The orders in which invoices and payments come, each served by an index."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.ids import new_id
from shared.testing.plans import plan_of


def pages(practice, path, **query):
    """Every item of a list, two at a time."""
    items, cursor = [], {}
    while True:
        page = practice.biller.get(path, limit="2", **query, **cursor).json
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


def test_payments_come_in_the_order_asked_for(practice):
    client, day = practice.client(), practice.today()
    made = [
        practice.pay(client, cents, received_on=str(day - timedelta(days=back)))["id"]
        for cents, back in ((1, 0), (2, 5), (3, 5), (4, 2))
    ]
    wanted = {"created_at": [0, 1, 2, 3], "received_on": [1, 2, 3, 0]}
    for sort, order in wanted.items():
        assert [item["id"] for item in pages(practice, "/payments", sort=sort)] == [made[n] for n in order]
        backwards = [item["id"] for item in pages(practice, "/payments", sort=f"-{sort}")]
        assert backwards == [made[n] for n in reversed(order)]
    by_client = pages(practice, "/payments", sort="-received_on", client_id=str(client))
    assert [item["id"] for item in by_client] == [made[n] for n in (0, 3, 2, 1)]
    assert practice.biller.get("/payments", sort="amount_cents").json["errors"][0]["field"] == "sort"


def test_an_invoice_lists_its_payments_and_nobody_elses(practice, billing_database):
    client, service = practice.client(), practice.service()
    first, second = practice.issue(client, service), practice.issue(client, service)
    due = first["client_due_cents"]
    part, rest = practice.pay(client, 1_000), practice.pay(client, due)
    query = {"invoice_id": first["id"], "sort": "created_at"}
    assert [item["id"] for item in pages(practice, "/payments", **query)] == [part["id"], rest["id"]]
    assert [item["id"] for item in pages(practice, "/payments", invoice_id=second["id"])] == [rest["id"]]
    assert pages(practice, "/payments", invoice_id=second["id"], client_id=str(practice.client())) == []
    practice.biller.post(f"/payments/{part['id']}/void", {"reason": "entered twice"})
    assert [item["id"] for item in pages(practice, "/payments", **query)] == [rest["id"]], "void: nothing lies on it"
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    unknown = practice.biller.get("/payments", invoice_id=str(new_id()))
    for refused in (narrowed.get("/payments", invoice_id=first["id"]), unknown):
        assert (refused.status_code, refused.json["code"]) == (404, "not_found")
    plan = plan_of(
        billing_database,
        practice.organization_id,
        "SELECT payment_id FROM allocations WHERE organization_id = %s AND invoice_id = %s"
        " GROUP BY payment_id HAVING sum(amount_cents) <> 0",
        practice.organization_id,
        first["id"],
    )
    assert "ix_allocations_invoice" in plan, plan


def test_invoices_come_in_the_order_asked_for_and_drafts_have_no_day(practice):
    client, service = practice.client(), practice.service()
    issued = [practice.issue(client, service)["id"] for _ in range(3)]
    draft = practice.draft(client, service)["id"]
    assert [item["id"] for item in pages(practice, "/invoices")] == [*issued, draft]
    assert [item["id"] for item in pages(practice, "/invoices", sort="-created_at")] == [draft, *reversed(issued)]
    assert [item["id"] for item in pages(practice, "/invoices", sort="issued_on")] == issued
    assert [item["id"] for item in pages(practice, "/invoices", sort="-issued_on")] == issued[::-1]
    first = practice.biller.get("/invoices", sort="issued_on", limit="1").json["next_cursor"]
    assert practice.biller.get("/invoices", cursor=first).status_code == 422, "a cursor of another order"


@pytest.mark.parametrize(
    ("table", "column", "index"),
    [
        ("invoices", "issued_on", "ix_invoices_issued_on"),
        ("invoices", "number_place", "ix_invoices_number_place"),
        ("payments", "received_on", "ix_payments_received_on"),
    ],
)
def test_an_index_serves_each_order(practice, billing_database, table, column, index):
    """Asked as the web process asks. No sort: a page costs what a page costs."""
    plan = plan_of(
        billing_database,
        practice.organization_id,
        f"SELECT id FROM {table} WHERE organization_id = %s AND {column} IS NOT NULL"
        f" ORDER BY {column} DESC, id DESC LIMIT 51",
        practice.organization_id,
    )
    assert index in plan and "Sort" not in plan, plan


def test_invoices_come_by_year_and_count_of_their_number_and_drafts_have_none(practice, billing_database):
    client, service = practice.client(), practice.service()
    issued = [practice.issue(client, service) for _ in range(11)]
    practice.draft(client, service)
    ids = [invoice["id"] for invoice in issued]
    assert issued[9]["number"] < issued[1]["number"], "as a text the tenth comes before the second"
    assert [item["id"] for item in pages(practice, "/invoices", sort="number")] == ids
    assert [item["id"] for item in pages(practice, "/invoices", sort="-number")] == ids[::-1]
    assert [item["id"] for item in pages(practice, "/invoices", sort="number", status="open")] == ids
    first = practice.biller.get("/invoices", sort="number", limit="1").json["next_cursor"]
    assert practice.biller.get("/invoices", sort="issued_on", cursor=first).status_code == 422


def test_numbers_are_in_order_by_year_and_count_whatever_their_prefix(billing_database):
    numbers = ["A12025-1000000", "2026-1", "A 1-2026-2", "12026-10", "2020-2026-11", "ML-2027-1"]
    (places,) = zip(*billing_database.rows("SELECT place_of_number(n) FROM unnest(%s::text[]) n", numbers), strict=True)
    assert list(places) == sorted(set(places))
    assert billing_database.rows("SELECT place_of_number(NULL), place_of_number('of another kind')") == [(None, None)]


def test_services_come_as_a_person_sorts_them(practice):
    for name in ("Überblick", "intake", "Group 10", "Group 9", "Zoom", "Evaluation"):
        practice.service(name=name)
    names = [item["name"] for item in pages(practice, "/service-types")]
    assert names == ["Evaluation", "Group 9", "Group 10", "intake", "Überblick", "Zoom"]
