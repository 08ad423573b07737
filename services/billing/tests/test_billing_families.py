"""Clients who were merged: their money is read as one client's, in one ledger with one running balance."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from shared.ids import new_id
from shared.testing.plans import plan_of


def running_is_right(entries, opening=0):
    """Whether each balance is the one before it and the entry."""
    for entry in entries:
        opening += entry["amount_cents"]
        if entry["balance_after_cents"] != opening:
            return False
    return True


def listed(practice, path, **query):
    """All rows of a list, page by page."""
    found, cursor = [], {}
    while True:
        response = practice.biller.get(path, **query, **cursor)
        assert response.status_code == 200, response.json
        found += response.json["items"]
        if response.json["next_cursor"] is None:
            return found
        cursor = {"cursor": response.json["next_cursor"]}


@pytest.fixture(scope="module")
def family(new_practice):
    """Three clients who turn out to be one person, each with money of their own, in turns and on different days."""
    practice = new_practice()
    stays, first, second = members = [practice.client() for _ in range(3)]
    service, today = practice.service(), practice.today()
    for turn in range(3):
        for number, member in enumerate(members):
            practice.issue(member, service)
            back = (turn * 7 + number * 3) % 10
            practice.pay(member, 15_000 + turn, "check", received_on=str(today - timedelta(days=back)))
    single = {member: practice.ledger(member, limit="200") for member in members}
    for each in (first, second):
        practice.merge(each, stays)
    yield SimpleNamespace(practice=practice, stays=stays, first=first, members=members, single=single, today=today)
    assert practice.contradictions() == []


@pytest.mark.parametrize("limit", ["1", "2", "5", "17", "18", "200"])
def test_a_family_has_one_ledger_with_one_running_balance(family, limit):
    entries = family.practice.entries(family.stays, limit=limit)
    assert len(entries) == 18 and running_is_right(entries)
    assert [e["amount_cents"] > 0 for e in entries] == [True, False] * 9, "in the order of posting"
    assert [e["client_id"] for e in entries[::2]] == [str(member) for member in family.members] * 3
    assert list(reversed(family.practice.entries(family.stays, limit=limit, order="newest"))) == entries


def test_its_totals_are_the_sums_of_its_members(family):
    ledger = family.practice.ledger(family.stays)
    for name in ("balance_cents", "credit_cents", "insurance_due_cents", "paid_this_year_cents"):
        assert ledger[name] == sum(single[name] for single in family.single.values()), name
    assert ledger["closing_balance_cents"] == ledger["balance_cents"] != 0
    sent = {"client_ids": [str(family.stays)]}
    (owed,) = family.practice.biller.post("/balances/lookup", sent).json["items"]
    assert owed == {"client_id": str(family.stays), "balance_cents": ledger["balance_cents"]}


@pytest.mark.parametrize("limit", ["1", "3", "200"])
@pytest.mark.parametrize("kind", [None, "payment", "charge"])
def test_some_days_of_a_family_go_from_the_opening_to_the_closing_balance(family, limit, kind):
    days = {"from": str(family.today - timedelta(days=6)), "to": str(family.today - timedelta(days=0))}
    query = {**days, **({"kind": kind} if kind else {}), "limit": limit}
    entries = family.practice.entries(family.stays, **query)
    page = family.practice.ledger(family.stays, **query)
    by_day = sorted(family.practice.entries(family.stays), key=lambda entry: entry["on"])
    balance = 0
    for entry in by_day:
        balance += entry["amount_cents"]
        entry["balance_after_cents"] = balance
    wanted = [e for e in by_day if e["on"] >= days["from"] and (not kind or e["kind"] == kind)]
    assert entries == wanted
    opening, closing = page["opening_balance_cents"], page["closing_balance_cents"]
    assert opening + sum(e["amount_cents"] for e in entries) + page["other_kinds_cents"] == closing
    assert list(reversed(family.practice.entries(family.stays, **query, order="newest"))) == entries


@pytest.mark.parametrize("path", ["/invoices", "/payments"])
@pytest.mark.parametrize("sort", ["created_at", "-created_at", "other", "-other"])
def test_lists_of_a_family_come_in_one_order_page_by_page(family, path, sort):
    sort = sort.replace("other", {"/invoices": "issued_on", "/payments": "received_on"}[path])
    whole = listed(family.practice, path, client_id=str(family.stays), sort=sort, limit="200")
    assert len(whole) == 9 and {row["client_id"] for row in whole} == {str(member) for member in family.members}
    every = listed(family.practice, path, sort=sort, limit="200")
    assert whole == every, "the practice has nobody else"
    assert listed(family.practice, path, client_id=str(family.stays), sort=sort, limit="2") == whole


def test_filters_narrow_the_lists_of_a_family(family):
    known = {"client_id": str(family.stays)}
    assert listed(family.practice, "/invoices", **known, status="draft") == []
    owing = [row for row in listed(family.practice, "/invoices", **known) if row["status"] != "paid"]
    assert len(owing) == 3
    assert listed(family.practice, "/invoices", **known, status="open,partially_paid", limit="2") == owing
    days = {"from": str(family.today - timedelta(days=3)), "method": "check"}
    found = listed(family.practice, "/payments", **known, **days, limit="1")
    assert 0 < len(found) < 9 and all(row["received_on"] >= days["from"] for row in found)


def test_a_cursor_of_one_family_opens_no_ledger_of_another(practice):
    stays, ends, third = (practice.client() for _ in range(3))
    for client in (stays, ends, third):
        practice.pay(client, 100)
    practice.merge(ends, stays)
    cursor = practice.ledger(stays, limit="1")["next_cursor"]
    assert practice.ledger(stays, limit="1", cursor=cursor)["next_cursor"] is None
    practice.merge(third, stays)
    response = practice.biller.get(f"/clients/{stays}/ledger", cursor=cursor)
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, "wrong_cursor")


def test_sessions_that_nothing_bills_are_found_and_drafted_under_the_survivor(practice):
    stays, ends, service = practice.client(), practice.client(), practice.service()
    appointments = []
    for client in (ends, stays):
        draft = practice.draft(client, service)
        practice.biller.post(f"/invoices/{draft['id']}/void", {"reason": "pro bono", "redraft": False})
        appointments.append(draft["appointment_id"])
    practice.merge(ends, stays)
    found = listed(practice, "/unbilled-sessions", client_id=str(stays), limit="1")
    assert [row["appointment_id"] for row in found] == sorted(appointments)
    for asked_for, appointment in zip((stays, ends), appointments, strict=True):
        drafted = practice.biller.post(f"/appointments/{appointment}/draft-invoice", {"client_id": str(asked_for)})
        assert drafted.status_code == 201, drafted.json
    drafts = listed(practice, "/invoices", client_id=str(stays), status="draft")
    assert sorted(row["client_id"] for row in drafts) == sorted([str(ends), str(stays)]), "each stays whose it was"
    assert listed(practice, "/unbilled-sessions", client_id=str(stays)) == []


def test_who_may_not_see_the_survivor_learns_nothing_by_the_old_id(practice):
    stays, ends = practice.client(), practice.client()
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    practice.assign(ends, narrowed.staff_id)
    practice.merge(ends, stays)
    assert narrowed.get(f"/clients/{ends}/ledger").status_code == 404
    practice.assign(stays, narrowed.staff_id)
    assert narrowed.get(f"/clients/{ends}/ledger").status_code == 308
    elsewhere = practice.somebody("billing", organization_id=new_id())
    assert elsewhere.get(f"/clients/{ends}/ledger").status_code == 404


def test_reading_a_family_is_on_record_for_each_of_them(practice, billing_database):
    stays, ends = practice.client(), practice.client()
    practice.merge(ends, stays)
    practice.ledger(stays)
    statement = "SELECT client_ids FROM audit_entries WHERE organization_id = %s AND action = 'ledger.read'"
    ((named,),) = billing_database.rows(statement, practice.organization_id)
    assert sorted(named) == sorted([stays, ends])


def test_separated_clients_have_what_they_had(practice):
    stays, ends = practice.client(), practice.client()
    service = practice.service()
    for client in (stays, ends):
        practice.issue(client, service)
        practice.pay(client, 20_000)
    before = [practice.ledger(client) for client in (stays, ends)]
    practice.merge(ends, stays)
    assert practice.ledger(stays)["balance_cents"] == sum(each["balance_cents"] for each in before)
    practice.separate(ends, stays)
    assert [practice.ledger(client) for client in (stays, ends)] == before


@pytest.mark.parametrize(
    ("path", "query", "index"),
    [
        ("/clients/{}/ledger", {}, "pk_ledger_rows"),
        ("/clients/{}/ledger", {"order": "newest", "limit": "2"}, "pk_ledger_rows"),
        ("/clients/{}/ledger", {"from": "2026-01-01", "kind": "payment"}, "ix_ledger_rows_by_day"),
        ("/invoices", {}, "ix_invoices_client"),
        ("/payments", {"sort": "-created_at"}, "ix_payments_client"),
        ("/unbilled-sessions", {}, "ix_billed_services_unbilled"),
    ],
)
def test_an_index_serves_each_member_of_a_family(family, web, billing_database, path, query, index):
    """What the requests really ask: of each member a page in the order of an index, and then all in that order."""
    asked_for = []

    def note(_connection, _cursor, statement, parameters, *_):
        if "UNION ALL" in statement:
            asked_for.append((statement, parameters))

    engine = web.application.extensions["caseload_database"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        whose = {} if "{}" in path else {"client_id": str(family.stays)}
        assert family.practice.biller.get(path.format(family.stays), **whose, **query).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert asked_for
    for statement, parameters in asked_for:
        names = re.findall(r"%\((\w+)\)s", statement)
        text = re.sub(r"%\(\w+\)s", "%s", statement)
        values = [parameters[name] for name in names]
        plan = plan_of(billing_database, family.practice.organization_id, text, *values)
        scans = re.findall(r"Scan (?:Backward )?(?:using (\w+) )?on ", plan)
        assert scans.count(index) == len(family.members) and "Seq Scan" not in plan, plan
        assert not re.search(r"(?<!Incremental )Sort\b(?! Key)", plan), plan
