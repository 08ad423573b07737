"""Payments in the browser: where the money goes before it is saved, doubles, refunds, void, bounce, and who may."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.money import issued, paid, practice_with_drafts
from tests.practice import Practice


def test_money_goes_to_the_oldest_invoice_first_and_the_rest_is_credit(desk: Any, web_practice: Practice) -> None:
    """Story 30 and B22, B28: 160.00 on invoices of 150.00 and 150.00, changed by hand, saved once by a double click."""
    practice, _, drafts = practice_with_drafts(web_practice.url, (55, 56))
    first, second = (issued(practice, draft) for draft in drafts)
    at = desk().sign_in(practice.email("biller"))
    page = at.open("/payments/new")
    page.get_by_label("Client’s name, phone, birth date or number").press_sequentially("ada cl")
    page.get_by_role("link", name="Record a payment of Ada Client").click()
    expect(page).to_have_title("New payment · Caseload")
    expect(page.get_by_label("Amount, in dollars")).to_have_value("300.00")  # what is owed
    page.get_by_label("Amount, in dollars").fill("")
    page.get_by_role("button", name="Save payment").click()
    expect(page.get_by_text("Enter an amount, such as 120.00.")).to_be_visible()
    page.get_by_label("Amount, in dollars").fill("1,60")
    page.get_by_label("Amount, in dollars").fill("$160.00")
    page.get_by_text("Check", exact=True).click()
    page.get_by_label("Reference").fill("1042")
    page.get_by_role("button", name="Save payment").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()

    expect(page.get_by_label(f"Pays of {first['number']}, in dollars")).to_have_value("150.00")
    expect(page.get_by_label(f"Pays of {second['number']}, in dollars")).to_have_value("10.00")
    expect(page.get_by_text("To the client’s credit: $0.00")).to_be_visible()
    assert at.findings() == []
    page.get_by_label(f"Pays of {second['number']}, in dollars").fill("4.50")
    expect(page.get_by_text("To the client’s credit: $5.50")).to_be_visible()
    page.get_by_label(f"Pays of {first['number']}, in dollars").fill("155")
    page.get_by_role("button", name="Save payment").click()
    wrong = page.get_by_label(f"Pays of {first['number']}, in dollars")
    expect(page.get_by_text("This is more than is due on this invoice.")).to_be_visible()
    expect(wrong).to_have_value("155")
    assert practice.owner.get("/payments")["items"] == []
    wrong.fill("150")
    page.get_by_role("button", name="Save payment").dblclick()
    expect(page.get_by_text("The payment is recorded.")).to_be_visible()

    (payment,) = practice.owner.get("/payments")["items"]
    assert (payment["amount_cents"], payment["unapplied_cents"], payment["reference"]) == (16_000, 550, "1042")
    placed = {allocation["invoice_id"]: allocation["amount_cents"] for allocation in payment["allocations"]}
    assert placed == {first["id"]: 15_000, second["id"]: 450}
    expect(page.locator(".paper")).to_contain_text("Credit on account")
    assert at.findings() == []


def test_the_same_check_twice_is_told_before_it_is_saved(desk: Any, web_practice: Practice) -> None:
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    at = desk().sign_in(practice.email("biller"))
    page = at.open(f"/payments/new?client_id={client_id}")
    on = page.get_by_label("Received").input_value()
    paid(practice, client_id, 5_000, "check", reference="AB-77", received_on=on)
    page.get_by_label("Amount, in dollars").fill("50")
    page.get_by_label("Reference").fill("ab-77")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Is this one recorded already?")).to_be_visible()
    page.get_by_label("Amount, in dollars").fill("51")
    page.get_by_role("button", name="Save payment").click()  # another amount: where it goes is shown once more
    expect(page.get_by_text("Is this one recorded already?")).to_have_count(0)
    expect(page.get_by_text("To the client’s credit: $51.00")).to_be_visible()
    assert len(practice.owner.get("/payments")["items"]) == 1
    at.open(f"/payments/new?client_id={client_id}")
    expect(page.get_by_role("radio", name="Check")).to_be_checked()  # as they paid the last time


def test_a_part_is_refunded_and_no_more_than_is_credit(desk: Any, web_practice: Practice) -> None:
    """Story 35 and J9: credit 60.00, 20.00 given back leaves 40.00; 50.00 more is refused. Billing has no button."""
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    payment = paid(practice, client_id, 6_000, "card")
    path = f"/payments/{payment['id']}"
    page = desk().sign_in(practice.email("biller")).open(path)
    expect(page.get_by_role("button", name="Void payment").first).to_be_visible()
    expect(page.get_by_role("button", name="Refund")).to_have_count(0)

    at = desk().sign_in(practice.email("owner"))
    page = at.open(path)
    for amount in ("20", "50"):
        page.get_by_role("button", name="Refund", exact=True).click()
        page.get_by_role("dialog").get_by_label("Amount, in dollars").fill(amount)
        page.get_by_role("dialog").get_by_label("Reason").fill("Asked for it.")
        page.get_by_role("dialog").get_by_role("button", name="Record the refund").dblclick()
        if amount == "20":
            expect(page.get_by_text("The refund is recorded.")).to_be_visible()
            expect(page.get_by_text("Partly refunded")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("Amount, in dollars")).to_have_value("50")
    expect(page.get_by_role("dialog").locator(".error, [data-summary]")).not_to_have_count(0)
    now = practice.owner.get(path)
    assert (now["unapplied_cents"], now["refunded_cents"]) == (4_000, 2_000)
    assert practice.owner.get(f"/clients/{client_id}/ledger")["balance_cents"] == -4_000


def test_a_check_bounces_and_what_it_paid_is_due_again(desk: Any, web_practice: Practice) -> None:
    practice, client_id, drafts = practice_with_drafts(web_practice.url)
    invoice = issued(practice, drafts[0])
    check = paid(practice, client_id, 15_000, "check")
    cash = paid(practice, client_id, 700)
    at = desk().sign_in(practice.email("biller"))
    page = at.open(f"/payments/{cash['id']}")
    expect(page.get_by_role("button", name="It bounced")).to_have_count(0)
    page.get_by_role("button", name="Void payment").first.click()
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
    page.get_by_role("dialog").get_by_role("button", name="Void payment").click()
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("dialog").get_by_label("Reason").fill("Entered for the wrong client.")
    page.get_by_role("dialog").get_by_role("button", name="Void payment").click()
    expect(page.get_by_text("Entered for the wrong client")).to_be_visible()

    at.open(f"/payments/{check['id']}")
    page.get_by_role("button", name="It bounced").click()
    page.get_by_role("dialog").get_by_role("button", name="Record that it bounced").click()
    expect(page.get_by_text("It is recorded that the payment bounced.")).to_be_visible()
    expect(page.get_by_role("button", name="Void payment")).to_have_count(0)
    due = page.get_by_role("link", name="$150.00 due")
    expect(due).to_have_attribute("href", f"/invoices/{invoice['id']}")
    assert practice.owner.get(f"/invoices/{invoice['id']}")["client_due_cents"] == 15_000
    assert at.findings() == []


def test_payments_stand_by_day_with_what_the_page_comes_to(desk: Any, web_practice: Practice) -> None:
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    for cents, method, on in ((1_000, "cash", "2026-09-29"), (2_500, "card", "2026-09-30"), (99, "cash", "2026-09-30")):
        paid(practice, client_id, cents, method, received_on=on)
    gone = paid(practice, client_id, 5_000)
    practice.owner.post(f"/payments/{gone['id']}/void", {"reason": "Twice."}, expect=200)
    page = desk().sign_in(practice.email("biller")).open("/payments")
    expect(page.get_by_role("row", name="Wed, Sep 30, 2026 $25.99")).to_be_visible()
    expect(page.locator("footer.totals")).to_contain_text("Total$35.99")
    page.get_by_label("Method").select_option("Cash")
    page.get_by_label("Received from").fill("2026-09-30")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**method=cash*")
    expect(page.locator("footer.totals")).to_contain_text("Total$0.99")
    expect(page.get_by_role("link", name="Ada Client")).to_have_count(2)


def test_who_takes_no_payments_has_no_pages_for_them(desk: Any, web_practice: Practice) -> None:
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    payment = paid(practice, client_id, 5_000)
    paths = ("/payments", "/payments/new", f"/payments/{payment['id']}", f"/clients/{client_id}/ledger")
    for person in ("desk", "therapist"):
        assert practice.staff_ids[person]
        at = desk().sign_in(practice.email(person))
        for path in paths:
            assert at.page.goto(at.url + path).status == 403, (person, path)
    stranger = Practice(web_practice.url)
    at = desk().sign_in(stranger.email("owner"))
    for path in (*paths[2:], f"/payments/new?client_id={client_id}"):
        assert at.page.goto(at.url + path).status == 404, path


def test_on_a_phone_the_filter_of_payments_is_folded_until_something_in_it_is_wrong(
    desk: Any, web_practice: Practice
) -> None:
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    paid(practice, client_id, 2_000)
    at = desk(PHONE).sign_in(practice.email("biller"))
    page = at.open("/payments")
    expect(page.get_by_label("Received from")).to_be_hidden()
    assert page.get_by_role("link", name="Ada Client").bounding_box()["y"] < PHONE["height"]
    page.get_by_role("button", name="Filter").click()
    assert at.findings() == [] and not at.scrolls_sideways()
    page.get_by_label("Received from").fill("2026-10-01")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="No payment matches")).to_be_visible()
    expect(page.get_by_label("Received from")).to_be_hidden()
    at.open(f"/clients/{client_id}/ledger")
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Filter").click()
    assert at.findings() == [] and not at.scrolls_sideways()
    page.get_by_label("From", exact=True).fill("2026-10-02")
    page.get_by_label("To", exact=True).fill("2026-10-01")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("`to` comes before `from`.")).to_be_visible()


def test_payments_say_what_was_received_today_and_on_the_chosen_days(desk: Any, web_practice: Practice) -> None:
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    at = desk().sign_in(practice.email("biller"))
    today = at.open(f"/payments/new?client_id={client_id}").get_by_label("Received").input_value()
    for cents, method in ((2_000, "cash"), (3_000, "cash"), (4_500, "check")):
        paid(practice, client_id, cents, method, received_on=today)
    paid(practice, client_id, 9_900, "card", received_on="2026-09-30")
    page = at.open("/payments")
    expect(page.locator("header.totals")).to_contain_text("Received today3 paymentsCheck$45.00Cash$50.00Total$95.00")
    expect(page.get_by_role("link", name="Ada Client")).to_have_count(4)
    page.get_by_label("Received from").fill("2026-09-01")
    page.get_by_label("Received to").fill("2026-09-30")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("header.totals")).to_contain_text("Sep 1, 2026 to Sep 30, 2026")
    expect(page.locator("header.totals")).to_contain_text("1 payment")
    expect(page.locator("header.totals")).to_contain_text("$99.00")
    assert at.findings() == []
