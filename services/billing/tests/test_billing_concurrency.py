"""Two people at one client, or one number, at the same moment: they take turns, and the books agree."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from services.billing.billed_services.commands import bill_first
from services.billing.billed_services.rules import AlreadyBilled
from shared.actor import ServiceActor
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
    assert Counter(response.status_code for response in answers) == {200: 3, 422: 9}
    assert practice.biller.get(f"/payments/{paid['id']}").json["unapplied_cents"] == 1_000


def test_invoices_issued_at_once_get_numbers_without_gaps(practice):
    service, year = practice.service(), practice.today().year
    drafts = [practice.draft(practice.client(), service)["id"] for _ in range(6)]
    held = practice.draft(practice.client(), service, minutes=10)["id"]
    # One of them twice, and one that is refused after others have begun: neither may cost a number.
    calls = [*drafts, drafts[0], held]
    answers = at_once(
        [
            lambda invoice_id=invoice_id: practice.biller.post(f"/invoices/{invoice_id}/issue", {})
            for invoice_id in calls
        ]
    )
    assert Counter(response.status_code for response in answers) == {200: 6, 409: 2}
    numbers = sorted(response.json["number"] for response in answers if response.status_code == 200)
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
    assert Counter(response.status_code for response in answers[:2]) == {200: 1, 409: 1}
    assert not [response.json for response in answers if response.status_code >= 500]


def test_two_services_of_one_appointment_arriving_at_once_bill_once(practice):
    client, appointment = practice.client(), new_id()
    services = [practice.service(), practice.service(code="90834", note_minutes_min=38)]
    at_once(
        [
            lambda version=version: practice.document(
                client, services[version % 2], appointment_id=appointment, version=version
            )
            for version in (1, 2, 3, 4)
        ]
    )
    (drafted,) = practice.invoices(appointment)
    assert [line["code"] for line in drafted["lines"]] == ["90837"], "the highest version wins"


def test_of_two_lines_at_once_one_bills_the_service(worker):
    actor, together = ServiceActor(new_id()), Barrier(2)
    key = {"organization_id": actor.organization_id, "appointment_id": new_id(), "client_id": new_id()}
    line = {**key, "code": "90837", "documented_version": 1}

    def bill():
        def by_a_line_of_its_own(session):
            together.wait(5)
            bill_first(session, [{**line, "id": new_id()}])
            time.sleep(0.1)  # the other one waits for what this transaction does

        try:
            worker.run(by_a_line_of_its_own, actor.organization_id)
        except AlreadyBilled:
            return "refused"
        return "billed"

    assert sorted(at_once([bill, bill])) == ["billed", "refused"]


def test_a_new_version_an_acceptance_and_a_void_at_once_leave_one_line_that_bills(practice, billing_database):
    client, long = practice.client(), practice.service()
    short = practice.service(code="90834", rate_cents=12_000, note_minutes_min=38, note_minutes_max=52)
    for _ in range(5):
        issued = practice.issue(client, long)
        known = {"appointment_id": issued["appointment_id"]}
        practice.document(client, short, version=2, minutes=45, **known)
        path = f"/invoices/{issued['id']}"
        (amendment,) = practice.biller.get(path).json["amendments"]
        answers = at_once(
            [
                lambda path=path, change=amendment: practice.biller.post(
                    f"{path}/amendments/{change['id']}/accept", {}
                ),
                lambda path=path: practice.biller.post(f"{path}/void", {"reason": "wrong"}),
                lambda known=known: practice.document(client, long, version=3, minutes=56, **known),
            ]
        )
        assert {response.status_code for response in answers[:2]} <= {200, 409}
        billed = "SELECT count(*) FROM billed_services WHERE appointment_id = %s AND line_id IS NOT NULL"
        assert billing_database.rows(billed, issued["appointment_id"]) == [(1,)]
        assert practice.contradictions() == []
