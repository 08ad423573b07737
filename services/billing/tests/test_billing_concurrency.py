"""Two people at one client, or one number, at the same moment: they take turns, and the books agree."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from shared.ids import new_id


def at_once(calls):
    """The answers of calls that run at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_twelve_allocations_of_one_payment(practice):
    client, service = practice.client(), practice.service(rate_cents=3_000)
    paid = practice.pay(client, 10_000, allocations=[])
    invoices = [practice.issue(client, service)["id"] for _ in range(12)]
    answers = at_once(
        [
            lambda invoice=invoice: practice.biller.post(f"/invoices/{invoice}/apply-credit", {"amount_cents": 3_000})
            for invoice in invoices
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 9}
    assert practice.biller.get(f"/payments/{paid['id']}").json["unapplied_cents"] == 1_000


def test_invoices_issued_at_once_get_numbers_without_gaps(practice):
    service, year = practice.service(), practice.today().year
    drafts = [practice.draft(practice.client(), service)["id"] for _ in range(6)]
    held = practice.draft(practice.client(), service, minutes=10)["id"]
    # One of them twice, and one that is refused after others have begun: neither may cost a number.
    calls = [*drafts, drafts[0], held]
    answers = at_once([lambda one=one: practice.biller.post(f"/invoices/{one}/issue", {}) for one in calls])
    assert Counter(answer.status_code for answer in answers) == {200: 6, 409: 2}
    numbers = sorted(answer.json["number"] for answer in answers if answer.status_code == 200)
    assert numbers == [f"NY-{year}-{n}" for n in range(1, 7)]


def test_the_same_note_arriving_at_once_drafts_once(practice):
    client, service, appointment = practice.client(), practice.service(), new_id()
    at_once(
        [
            lambda version=version: practice.document(
                client, service, appointment_id=appointment, version=version, minutes=53 + version
            )
            for version in (1, 2, 1, 2, 3, 3)
        ]
    )
    (drafted,) = practice.invoices(appointment)
    assert [line["minutes"] for line in drafted["lines"]] == [56]


def test_paying_refunding_and_voiding_at_once(practice):
    client, service = practice.client(), practice.service()
    invoices = [practice.issue(client, service)["id"] for _ in range(2)]
    paid = practice.pay(client, 20_000)["id"]
    refund = {"amount_cents": 9_000, "reason": "moved away"}
    answers = at_once(
        [
            lambda: practice.biller.post(f"/invoices/{invoices[0]}/void", {"reason": "wrong"}),
            lambda: practice.biller.post(f"/invoices/{invoices[0]}/void", {"reason": "wrong"}),
            lambda: practice.administrator.post(f"/payments/{paid}/refunds", refund),
            lambda: practice.try_to_pay(client, 5_000),
            lambda: practice.biller.post(f"/invoices/{invoices[1]}/apply-credit", {}),
        ]
    )
    assert Counter(answer.status_code for answer in answers[:2]) == {200: 1, 409: 1}
    assert not [answer.json for answer in answers if answer.status_code >= 500]
