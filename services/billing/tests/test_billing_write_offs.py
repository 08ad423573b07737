"""What a client owes is written off up to the practice's limit, by Administration beyond it, and that is reversed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.billing.tests.test_billing_on_record import entries
from shared.contracts.identity import OrganizationChanged
from shared.ids import new_id

MADE = {"kind": "courtesy", "reason": "Agreed with the client."}


@pytest.fixture
def limited(practice):
    """Sets the practice's limit, as identity tells it."""

    def limit(cents, version=2):
        practice.emit(
            OrganizationChanged(
                organization_id=practice.organization_id,
                version=version,
                name="Practice",
                time_zone="America/New_York",
                invoice_prefix="NY-",
                write_off_limit_cents=cents,
            )
        )

    return limit


def write_off(practice, invoice, cents, who=None, **facts):
    body = {**MADE, "amount_cents": cents, **facts}
    return (who or practice.biller).post(f"/invoices/{invoice['id']}/write-offs", body)


def reverse(practice, made, who=None, reason="The client pays after all."):
    return (who or practice.biller).post(f"/write-offs/{made['id']}/reverse", {"reason": reason})


def bill(practice, invoice):
    found = practice.biller.get(f"/invoices/{invoice['id']}").json
    return found["status"], found["client_due_cents"], found["written_off_cents"]


def refused(response):
    (error,) = response.json["errors"]
    return response.status_code, error["field"], error["code"], error["value"]


def test_story_36_a_limit_of_a_hundred_dollars(practice, limited):
    limited(10_000)
    client, service = practice.client(), practice.service(rate_cents=15_000)
    invoice = practice.issue(client, service)
    practice.pay(client, 11_000)
    made = write_off(practice, invoice, 4_000, kind="bad_debt")
    assert made.status_code == 201, made.json
    assert made.headers["Location"].endswith(f"/write-offs/{made.json['id']}")
    assert bill(practice, invoice) == ("written_off", 0, 4_000)
    assert practice.biller.get(f"/write-offs/{made.json['id']}").json == made.json
    assert (made.json["state"], made.json["kind"], made.json["reversal"]) == ("posted", "bad_debt", None)
    assert made.json["created_by"] == str(practice.biller.staff_id)

    other = practice.issue(client, service)
    assert refused(write_off(practice, other, 14_000)) == (422, "amount_cents", "above_limit", "10000")
    assert entries(practice, practice.biller, "post_write_off")[-1][:2] == ("denied", "above_limit"), "on record"
    assert write_off(practice, other, 14_000, practice.administrator).status_code == 201
    assert bill(practice, other) == ("open", 1_000, 14_000), "nothing of it was paid"

    undone = reverse(practice, made.json)
    assert undone.status_code == 200, undone.json
    assert undone.json["state"] == "reversed"
    assert undone.json["reversal"]["by_staff_id"] == str(practice.biller.staff_id)
    assert bill(practice, invoice) == ("partially_paid", 4_000, 0)
    assert reverse(practice, made.json).json["code"] == "already_reversed"
    rows = [(row["kind"], row["amount_cents"], row["invoice_id"]) for row in practice.ledger(client)["entries"]]
    assert ("write_off", -4_000, invoice["id"]) in rows and ("write_off_reversal", 4_000, invoice["id"]) in rows
    above = write_off(practice, invoice, 4_001, practice.administrator)
    assert refused(above) == (422, "amount_cents", "more_than_due", "4000")


@pytest.mark.abuse("A-MONEY-write-off-limit")
def test_several_write_offs_of_one_invoice_come_to_no_more_than_the_limit(practice, limited):
    limited(5_000)
    client = practice.client()
    invoice = practice.issue(client, practice.service())
    assert write_off(practice, invoice, 3_000).status_code == 201
    above = write_off(practice, invoice, 2_001)
    assert refused(above) == (422, "amount_cents", "above_limit", "5000")
    assert above.json["detail"] == (
        "The practice's limit is $50.00 for an invoice. $20.00 of it is left. Administration may write off more."
    )
    assert write_off(practice, invoice, 2_000).status_code == 201
    assert write_off(practice, invoice, 1).status_code == 422
    # What Administration wrote off counts as well.
    second = practice.issue(client, practice.service(code="90834", note_minutes_min=38))
    assert write_off(practice, second, 6_000, practice.administrator).status_code == 201
    assert write_off(practice, second, 1).status_code == 422


@pytest.mark.abuse("A-MONEY-write-off-limit")
def test_write_offs_at_once_keep_the_limit_too(practice, limited):
    limited(5_000)
    invoice = practice.issue(practice.client(), practice.service())
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: write_off(practice, invoice, 2_000).status_code, range(6)))
    assert sorted(statuses) == [201, 201, 422, 422, 422, 422]
    assert bill(practice, invoice) == ("open", 12_000, 4_000)


@pytest.mark.abuse("A-MONEY-write-off-limit")
def test_a_lower_limit_holds_at_once_and_a_reversal_makes_room(practice, limited):
    limited(5_000)
    invoice = practice.issue(practice.client(), practice.service())
    made = write_off(practice, invoice, 5_000).json
    limited(1_000, version=3)
    assert write_off(practice, invoice, 1).status_code == 422
    assert reverse(practice, made).status_code == 200
    assert write_off(practice, invoice, 1_001).status_code == 422
    assert write_off(practice, invoice, 1_000).status_code == 201


def test_the_limit_is_nothing_until_it_is_set(practice):
    invoice = practice.issue(practice.client(), practice.service())
    above = write_off(practice, invoice, 1)
    assert refused(above) == (422, "amount_cents", "above_limit", "0")
    assert "$0.00 for an invoice" in above.json["detail"]
    assert write_off(practice, invoice, 16_000, practice.administrator).status_code == 201
    assert bill(practice, invoice) == ("written_off", 0, 16_000)


def test_an_invoice_says_how_much_somebody_may_write_off(practice, limited):
    limited(5_000)
    invoice = practice.issue(practice.client(), practice.service())
    path = f"/invoices/{invoice['id']}"
    assert practice.biller.get(path).json["write_off_limit_cents"] == 5_000
    assert practice.administrator.get(path).json["write_off_limit_cents"] is None


def test_who_may_and_what_is_asked(practice, limited):
    limited(5_000)
    client, service = practice.client(), practice.service()
    invoice, draft = practice.issue(client, service), practice.draft(client, service)
    for level in ("default", "therapist"):
        assert write_off(practice, invoice, 1, practice.somebody(level)).status_code == 403
    narrowed = practice.somebody("therapist", "billing", grants=("assigned_only",))
    assert write_off(practice, invoice, 1, narrowed).status_code == 404
    made = write_off(practice, invoice, 1).json
    assert reverse(practice, made, narrowed).status_code == 404
    assert reverse(practice, made, practice.somebody("therapist")).status_code == 403
    assert narrowed.get("/write-offs").json["items"] == []
    assert narrowed.get(f"/write-offs/{made['id']}").status_code == 404
    assert narrowed.get("/write-offs", invoice_id=invoice["id"]).status_code == 404
    assert practice.biller.get("/write-offs", invoice_id=invoice["id"]).json["items"] == [made]
    assert practice.biller.get(f"/write-offs/{new_id()}").status_code == 404
    assert write_off(practice, draft, 1).json["code"] == "not_issued"
    for wrong in ({"amount_cents": 0}, {"amount_cents": -1}, {"kind": "denial"}, {"reason": " "}, {"line_id": None}):
        assert write_off(practice, invoice, 1, **wrong).status_code == 422, wrong
    assert reverse(practice, made, reason="").status_code == 422


def test_voiding_an_invoice_reverses_what_was_written_off(practice, limited):
    limited(5_000)
    client = practice.client()
    invoice = practice.issue(client, practice.service())
    practice.pay(client, 1_000)
    made = write_off(practice, invoice, 5_000).json
    void = practice.biller.post(f"/invoices/{invoice['id']}/void", {"reason": "Wrong service.", "redraft": False})
    assert void.status_code == 200, void.json
    assert bill(practice, invoice) == ("void", 0, 0)
    assert practice.ledger(client)["balance_cents"] == -1_000
    after = practice.biller.get(f"/write-offs/{made['id']}").json
    assert (after["state"], after["reversal"]["reason"]) == ("reversed", "Wrong service.")
    assert reverse(practice, made).json["code"] == "already_reversed"
    assert write_off(practice, invoice, 1).json["code"] == "not_issued"


def test_an_amendment_waits_until_the_write_off_is_reversed(practice, limited):
    limited(5_000)
    client, service = practice.client(), practice.service()
    invoice = practice.issue(client, service)
    made = write_off(practice, invoice, 5_000).json
    practice.document(client, service, appointment_id=invoice["appointment_id"], version=2, minutes=45)
    (amendment,) = practice.biller.get(f"/invoices/{invoice['id']}").json["amendments"]
    path = f"/invoices/{invoice['id']}/amendments/{amendment['id']}/accept"
    body = {"override": {"reason": "Agreed."}}
    waits = practice.administrator.post(path, body)
    assert (waits.status_code, waits.json["code"]) == (409, "written_off")
    assert reverse(practice, made).status_code == 200
    assert practice.administrator.post(path, body).status_code == 200
    assert write_off(practice, invoice, 5_000).status_code == 201


def test_a_bounced_payment_is_due_again_and_the_write_off_stays(practice, limited):
    limited(6_000)
    client = practice.client()
    invoice = practice.issue(client, practice.service())
    paid = practice.pay(client, 10_000, "check")
    assert write_off(practice, invoice, 6_000).status_code == 201
    assert practice.biller.post(f"/payments/{paid['id']}/bounce", {}).status_code == 200
    assert bill(practice, invoice) == ("open", 10_000, 6_000)
