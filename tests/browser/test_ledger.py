"""A client's ledger in the browser: its sums, a thousand entries, the phone, paper, and a balance that disagrees."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import Any, Final

from playwright.sync_api import expect

from embedded.stack import Stack
from gateway.web import text
from gateway.web.billing.ledger_explained import ACROSS, CHARGES, MONEY, explained
from gateway.web.billing.ledger_view import sheet_of
from tests.browser.conftest import PHONE
from tests.browser.money import issued, paid, practice_with_drafts
from tests.practice import Practice
from tests.running import count

ROWS: Final = 1_000
PAYMENTS: Final = 220  # more than two pages of any list
PAID: Final = ROWS * (ROWS + 1) // 2  # in cents: one payment of each amount from 1 cent
DOM_NODES_MAX: Final = 1_500


def test_the_ledger_explains_the_balance_to_the_cent(desk: Any, web_practice: Practice) -> None:
    """Story 30, J9 and B36: five entries in order; what stands above is what the table comes to, on paper too."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url, (55, 56))
    first = issued(practice, drafts[0])
    for cents, method in ((5_000, "cash"), (6_000, "check"), (10_000, "card")):
        paid(practice, client_id, cents, method)
    second = issued(practice, drafts[1])
    practice.owner.post(f"/invoices/{second['id']}/apply-credit", {}, expect=200)
    at = desk().sign_in(practice.email("biller"))
    page = at.open(f"/clients/{client_id}/ledger")
    assert "Ada" not in page.title() and "Client" not in page.title()
    expect(page.locator("[data-balance]")).to_have_text("$90.00")
    expect(page.locator("[data-sum]")).to_have_text("$90.00")
    balances = page.locator("tbody td:nth-child(5)").all_inner_texts()
    assert balances == ["$90.00", "−$60.00", "$40.00", "$100.00", "$150.00"]
    expect(page.get_by_text(f"Card: $40.00 on {first['number']}, $60.00 on {second['number']}")).to_be_visible()
    assert at.findings() == []
    page.emulate_media(media="print")
    expect(page.locator("[data-sum]")).to_have_text("$90.00")
    expect(page.locator(".only-print")).to_contain_text("Ledger of Ada Client")
    expect(page.locator(".tabs")).to_be_hidden()
    page.emulate_media(media="screen")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(taken.value.path().open()))
    sums = [sum(Decimal(row[name] or 0) for row in rows) for name in ("Charge", "Credit")]
    assert sums[0] - sums[1] == Decimal(rows[-1]["Balance"]) == 90 and taken.value.suggested_filename == "ledger.csv"
    page.get_by_role("link", name="Explain this balance").click()
    region = page.get_by_role("region", name="How the balance comes about")
    expect(region.locator("dd")).to_have_text(["$300.00", "−$210.00", "$90.00", "$90.00", "$90.00"])
    expect(region.get_by_role("link", name=f"Invoice {second['number']}")).to_be_visible()
    assert at.findings() == []
    region.get_by_role("link", name="Close").click()
    page.get_by_role("link", name="Oldest first").click()
    expect(page.locator("tbody td:nth-child(5)").first).to_have_text("$150.00")
    expect(page.locator("[data-sum]")).to_have_text("$90.00")
    page.get_by_role("link", name=f"Invoice {second['number']}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(second["number"])


def test_an_empty_ledger_says_so(desk: Any, web_practice: Practice) -> None:
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    at = desk(PHONE).sign_in(practice.email("biller"))
    page = at.open(f"/clients/{client_id}/ledger")
    expect(page.get_by_role("heading", name="Nothing charged yet")).to_be_visible()
    assert at.findings() == [] and not at.scrolls_sideways()


def pay_more(stack: Stack, practice: Practice, client_id: str) -> None:
    """After a payment of one cent what those of 2, 3, … `ROWS` cents leave in the books, written at once."""
    of_client = f"'{practice.organization_id}'::uuid AS organization_id, '{client_id}'::uuid AS client_id"
    count(
        stack,
        "billing",
        f"""
        WITH paid AS (SELECT {of_client}, gen_random_uuid() AS id, n FROM generate_series(2, {ROWS}) n),
        entries AS (INSERT INTO journal_entries (organization_id, id, key, kind, client_id, effective_on, posted_at)
            SELECT organization_id, id, 'payment:' || id, 'payment', client_id, '2026-09-30', now() FROM paid),
        legs AS (INSERT INTO postings (organization_id, entry_id, leg, account, amount_cents, client_id)
            SELECT organization_id, id, leg, account, n * sign, client_id
            FROM paid, (VALUES (1, 'Undeposited:Cash', 1), (2, 'ClientCredit', -1)) of (leg, account, sign)),
        shown AS (INSERT INTO ledger_rows SELECT organization_id, client_id, n, id, '2026-09-30'::date, 'payment',
            'Cash', -n, -n * (n + 1) / 2 FROM paid)
        UPDATE client_accounts SET credit_cents = {PAID}, last_sequence = {ROWS} WHERE client_id = '{client_id}'
        RETURNING last_sequence
        """,
    )


def test_a_ledger_of_a_thousand_rows_comes_in_pages_that_carry_on(
    desk: Any, embedded_stack: Stack, web_practice: Practice
) -> None:
    """B33: no page is longer than others, each begins with what the earlier rows come to, and the last has them all."""
    practice, client_id, _ = practice_with_drafts(web_practice.url)
    paid(practice, client_id, 1)
    pay_more(embedded_stack, practice, client_id)
    at = desk(PHONE).sign_in(practice.email("biller"))
    page = at.open(f"/clients/{client_id}/ledger")
    left, shown, pages = PAID, 0, 0
    while True:
        pages += 1
        expect(page.locator("[data-balance]")).to_have_text(text.money(-PAID))
        expect(page.get_by_text("do not agree")).to_have_count(0)
        amounts = page.locator("tbody td:nth-child(4)").all_inner_texts()
        shown += len(amounts)
        left -= sum(round(float(amount.strip("$").replace(",", "")) * 100) for amount in amounts)
        assert page.evaluate("document.querySelectorAll('*').length") <= DOM_NODES_MAX
        if pages == 1:
            assert at.findings() == [] and not at.scrolls_sideways()
        earlier = page.get_by_role("link", name="Show earlier entries")
        if not earlier.count():
            break
        expect(page.get_by_text("Carried from earlier entries")).to_be_visible()
        next_page = earlier.get_attribute("href") or ""
        earlier.click()
        at.arrive(next_page)
    assert (shown, left, pages) == (ROWS, 0, ROWS // 100)


def test_every_page_of_a_long_ledger_says_where_its_payments_lie(desk: Any, web_practice: Practice) -> None:
    """The oldest of 220 payments names its invoice as the newest does."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url)
    invoice = issued(practice, drafts[0])
    paid(practice, client_id, 1_234, "check", reference="7")
    for _ in range(PAYMENTS - 1):
        paid(practice, client_id, 1, "card")
    at = desk().sign_in(practice.email("biller"))
    page = at.open(f"/clients/{client_id}/ledger?order=oldest")
    expect(page.get_by_text(f"Check 7: $12.34 on {invoice['number']}")).to_be_visible()
    expect(page.get_by_text(f"Card: $0.01 on {invoice['number']}")).to_have_count(98)
    at.open(f"/clients/{client_id}/ledger?explain=yes")
    expect(page.get_by_text(f"Card: $0.01 on {invoice['number']}")).to_have_count(100)
    region = page.get_by_role("region", name="How the balance comes about")
    expect(region.get_by_role("link", name=f"Invoice {invoice['number']}")).to_be_visible()


def test_a_part_of_the_ledger_goes_from_the_balance_before_it_to_the_one_after(
    desk: Any, web_practice: Practice
) -> None:
    """By day and kind: the balance before the days is the first line, and each entry keeps the client's balance."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url, (55, 56))
    issued(practice, drafts[0])
    for cents, on in ((2_000, "2026-09-10"), (4_000, "2026-09-20"), (3_000, "2026-09-01")):
        paid(practice, client_id, cents, "check", received_on=on)
    at = desk().sign_in(practice.email("biller"))
    page = at.open(f"/clients/{client_id}/ledger")
    expect(page.get_by_text("Paid this year")).to_be_visible()
    page.get_by_label("From", exact=True).fill("2026-09-05")
    page.get_by_label("To", exact=True).fill("2026-09-30")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr").first).to_contain_text("Balance before Sat, Sep 5, 2026")
    balances = page.locator("tbody td:nth-child(5)").all_inner_texts()
    assert balances == ["−$30.00", "−$50.00", "−$90.00"]
    expect(page.locator("[data-after]")).to_have_text("−$90.00")
    expect(page.locator("[data-balance]")).to_have_text("$60.00")
    assert at.findings() == []
    page.get_by_role("link", name="Newest first").click()
    expect(page.locator("tbody tr").last).to_contain_text("Balance before Sat, Sep 5, 2026")
    page.get_by_label("From", exact=True).fill("")
    page.get_by_label("To", exact=True).fill("")
    page.get_by_label("What", exact=True).select_option("Charges")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("[data-others]")).to_have_text("−$90.00")
    expect(page.locator("[data-after]")).to_have_text("$60.00")
    page.get_by_label("From", exact=True).fill("2026-10-02")
    page.get_by_label("To", exact=True).fill("2026-10-01")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("`to` comes before `from`.")).to_be_visible()
    assert at.findings() == []
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("tbody tr")).to_have_count(4)


def _ledger(balance: int, *entries: tuple[int, int], next_cursor: str | None = None) -> dict[str, Any]:
    shown = [
        {
            "on": "2026-09-30",
            "kind": "charge",
            "description": "Invoice",
            "amount_cents": cents,
            "balance_after_cents": after,
            "invoice_id": None,
            "payment_id": None,
        }
        for cents, after in entries
    ]
    totals = {
        "balance_cents": balance,
        "credit_cents": 0,
        "insurance_due_cents": 0,
        "paid_this_year_cents": 0,
        "opening_balance_cents": 0,
        "closing_balance_cents": balance,
        "other_kinds_cents": 0,
    }
    return {**totals, "entries": shown, "next_cursor": next_cursor}


def _agrees(ledger: dict[str, Any], *, newest_first: bool = True, first_page: bool = True) -> bool:
    return sheet_of(ledger, newest_first=newest_first, first_page=first_page, payments=[]).agrees


def test_a_thousand_entries_are_added_up_in_either_order() -> None:
    entries = [(n, n * (n + 1) // 2) for n in range(1, 1_001)]
    assert _agrees(_ledger(500_500, *entries), newest_first=False)
    assert _agrees(_ledger(500_500, *reversed(entries)))
    assert not _agrees(_ledger(500_501, *reversed(entries)))


def test_a_balance_is_explained_by_its_sums_and_by_what_is_open_unless_that_is_not_all_known() -> None:
    """Of 300 charged 210 are paid, 40 written off; 110 are open on two invoices, 60 are credit of neither."""
    due = {"status": "open", "issued_on": "2026-09-30"}
    invoices = [
        {**due, "id": "b", "number": "2", "client_due_cents": 8_000},
        {**due, "id": "a", "number": "1", "client_due_cents": 3_000},
        {**due, "id": "c", "number": "3", "client_due_cents": 0, "status": "paid"},
    ]
    ledger = {"balance_cents": 5_000, "credit_cents": 6_000}
    besides = {CHARGES: 5_000 - 30_000, MONEY: 5_000 + 21_000, ACROSS: 5_000}
    found = explained(ledger, besides, invoices)
    assert [amount for _, amount in found.sums] == ["$300.00", "−$210.00", "−$40.00"]
    assert [(name, amount) for name, _, _, amount in found.open_on] == [
        ("Invoice 1", "$30.00"),
        ("Invoice 2", "$80.00"),
        ("Credit", "−$60.00"),
    ]
    assert explained(ledger, besides, invoices[:1]).open_on == [], "the list does not reach all that is open"
    across = explained(ledger, {**besides, ACROSS: 5_000 + 1_500}, invoices)
    assert [amount for _, amount in across.sums] == ["$300.00", "−$210.00", "−$15.00", "−$25.00"]


def test_credit_across_clients_links_to_the_document_of_whose_ledger_it_is() -> None:
    """The other one's may be hidden from who reads it."""
    ledger = _ledger(0, (20, 20), (-20, 0))
    for kind, paths in (("allocation", ["/payments/p", "/invoices/i"]), ("release", ["/invoices/i", "/payments/p"])):
        for entry in ledger["entries"]:
            entry.update(kind=kind, invoice_id="i", payment_id="p")
        shown = sheet_of(ledger, newest_first=False, first_page=True, payments=[]).entries
        assert [entry.path for entry in shown] == paths


def test_no_wrong_figure_passes() -> None:
    """The balance above, a balance within, or a beginning that is not nothing."""
    assert _agrees(_ledger(0))
    assert not _agrees(_ledger(1))
    assert not _agrees(_ledger(30, (20, 30), (10, 11)))
    assert not _agrees(_ledger(30, (20, 30)))
    assert _agrees(_ledger(30, (20, 30), next_cursor="more"))
    assert not _agrees(_ledger(31, (20, 30), next_cursor="more"))
    assert _agrees(_ledger(99, (20, 30), next_cursor="more"), first_page=False)
    assert not _agrees(_ledger(30, (20, 30)), newest_first=False, first_page=True)
