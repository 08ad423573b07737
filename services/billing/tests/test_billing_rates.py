"""A rate is corrected on its day while nothing issued used it; what may still change is priced anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from services.billing.catalogue.rules import Rate, days_of

WRONG, RIGHT = 1_600_000, 16_000
PSYCHOTHERAPY_45 = {"code": "90834", "note_minutes_min": 38, "note_minutes_max": 52}


def set_rate(practice, service, cents, day):
    body = {"rate_cents": cents, "effective_from": day and str(day)}
    return practice.administrator.post(f"/service-types/{service}/rates", body)


def shown(practice, invoice_id):
    invoice = practice.biller.get(f"/invoices/{invoice_id}").json
    return invoice["total_cents"], invoice["lines"][0]["rate_cents"], invoice["lines"][0]["charge_cents"]


@pytest.mark.parametrize("first", [None, "today"])
def test_a_rate_typed_wrong_is_corrected_and_drafts_follow(practice, first):
    today = practice.today()
    service = practice.service(rate_cents=WRONG, **({"effective_from": str(today)} if first else {}))
    drafts = [practice.draft(practice.client(), service) for _ in range(2)]
    assert [draft["total_cents"] for draft in drafts] == [WRONG, WRONG]
    corrected = set_rate(practice, service, RIGHT, today if first else None)
    assert (corrected.status_code, len(corrected.json["rates"]), corrected.json["rate_cents"]) == (201, 1, RIGHT)
    for draft in drafts:
        assert shown(practice, draft["id"]) == (RIGHT, RIGHT, RIGHT)
        assert practice.biller.get(f"/invoices/{draft['id']}").json["version"] > draft["version"]
    issued = practice.biller.post(f"/invoices/{drafts[0]['id']}/issue", {}).json
    assert issued["balance_cents"] == RIGHT


@pytest.mark.abuse("A-MONEY-rate-afterwards")
def test_a_rate_that_something_issued_used_stays(practice):
    today = practice.today()
    service = practice.service(rate_cents=WRONG)
    issued, draft = practice.issue(practice.client(), service), practice.draft(practice.client(), service)
    refused = set_rate(practice, service, RIGHT, None)
    assert (refused.status_code, refused.json["code"]) == (409, "rate_used")
    assert shown(practice, draft["id"])[0] == WRONG, "nothing changed"
    assert practice.somebody().get(f"/service-types/{service}").json["version"] == 1
    # From another day on there may be another: drafts of those days follow, what was issued keeps its price.
    assert set_rate(practice, service, RIGHT, today).status_code == 201
    assert (shown(practice, draft["id"])[0], shown(practice, issued["id"])[0]) == (RIGHT, WRONG)
    assert set_rate(practice, service, RIGHT + 1, today).status_code == 201, "nothing issued used this one"


def test_what_was_issued_and_voided_no_longer_uses_its_rate(practice):
    service = practice.service(rate_cents=WRONG)
    issued = practice.issue(practice.client(), service)
    void = practice.biller.post(f"/invoices/{issued['id']}/void", {"reason": "price"}).json
    assert set_rate(practice, service, RIGHT, None).status_code == 201
    assert shown(practice, void["redraft_invoice_id"])[0] == RIGHT
    assert shown(practice, issued["id"])[0] == WRONG, "what was issued stays as it was"


def test_days_of_other_rates_are_left_alone(practice):
    today = practice.today()
    service = practice.service(rate_cents=100)
    for cents, days in ((200, 20), (300, 10)):
        set_rate(practice, service, cents, today - timedelta(days=days))
    client = practice.client()
    ago = {
        days: practice.draft(client, service, service_date=today - timedelta(days=days))["id"] for days in (30, 15, 5)
    }
    practice.issue(client, service, service_date=today - timedelta(days=25))
    assert set_rate(practice, service, 250, today - timedelta(days=20)).status_code == 201
    assert [shown(practice, ago[days])[0] for days in (30, 15, 5)] == [100, 250, 300]
    assert set_rate(practice, service, 150, None).json["code"] == "rate_used"
    assert set_rate(practice, service, 275, today - timedelta(days=12)).status_code == 201
    assert [shown(practice, ago[days])[0] for days in (30, 15, 5)] == [100, 250, 300]


def test_pending_amendments_are_priced_anew_and_held_ones_let_go(practice):
    long, client = practice.service(), practice.client()
    short = practice.service(**PSYCHOTHERAPY_45, rate_cents=WRONG)
    coming = practice.service(effective_from="2199-01-01")
    issued = practice.issue(client, long)
    practice.document(client, short, appointment_id=issued["appointment_id"], version=2, minutes=45)
    held = practice.draft(client, coming)
    assert [hold["code"] for hold in held["holds"]] == ["no_rate"]
    assert set_rate(practice, short, RIGHT, None).status_code == 201
    assert set_rate(practice, coming, RIGHT, practice.today()).status_code == 201
    (amendment,) = practice.biller.get(f"/invoices/{issued['id']}").json["amendments"]
    assert (amendment["charge_cents"], amendment["state"]) == (RIGHT, "pending")
    assert practice.biller.get(f"/invoices/{held['id']}").json["holds"] == []


def test_the_same_rate_again_changes_nothing(practice):
    service = practice.service()
    assert set_rate(practice, service, 16_000, None).json["version"] == 1


def test_a_correction_while_others_issue_and_document(practice):
    """Nothing is issued at a rate that no longer stands, and no draft keeps it."""
    service, today = practice.service(rate_cents=WRONG), practice.today()
    drafts = [practice.draft(practice.client(), service)["id"] for _ in range(4)]
    client = practice.client()
    calls = [lambda draft=draft: practice.biller.post(f"/invoices/{draft}/issue", {}) for draft in drafts]
    calls.insert(1, lambda: set_rate(practice, service, RIGHT, None))
    calls.insert(3, lambda: practice.document(client, service))
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = [future.result() for future in [pool.submit(call) for call in calls]]
    corrected = answers[1].status_code == 201
    assert corrected or answers[1].json["code"] == "rate_used"
    (now,) = {rate["rate_cents"] for rate in practice.biller.get(f"/service-types/{service}").json["rates"]}
    assert now == (RIGHT if corrected else WRONG)
    items = practice.biller.get("/invoices").json["items"]
    assert {invoice["total_cents"] for invoice in items} == {now} and len(items) == 5
    assert today == practice.today()


def test_the_days_of_a_rate():
    rates = [Rate(1, None), Rate(2, date(2026, 1, 1)), Rate(3, date(2026, 2, 1))]
    assert days_of(rates, None) == (None, date(2025, 12, 31))
    assert days_of(rates, date(2026, 1, 1)) == (date(2026, 1, 1), date(2026, 1, 31))
    assert days_of(rates, date(2026, 2, 1)) == (date(2026, 2, 1), None)
    assert days_of(rates, date(2026, 1, 15)) == (date(2026, 1, 15), date(2026, 1, 31))
