"""Some of a client's ledger: by day and kind, each entry with the client's balance, and the balances around it.

ROUNDS chooses more often (`make soak`).
"""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.ledger.rules import KINDS
from shared.ids import NIL, new_id
from shared.testing.plans import plan_of

ROUNDS = int(os.environ.get("ROUNDS", "1"))
DAYS_BACK = (3, 0, 9, 9, 1, 20, 4)  # when payments were received, in the order in which they were recorded


@pytest.fixture(scope="module")
def kept(new_practice):
    """A client's ledger with every kind of entry, whose days do not follow the order of posting."""
    practice = new_practice()
    client, service, today = practice.client(), practice.service(), practice.today()
    invoices = [practice.issue(client, service) for _ in range(3)]
    payments = [
        practice.pay(client, 1_000 * n + 7_000, "check", received_on=str(today - timedelta(days=back)))
        for n, back in enumerate(DAYS_BACK)
    ]
    done = [
        practice.administrator.post(f"/payments/{payments[0]['id']}/bounce", {"reason": "no funds"}),
        practice.administrator.post(f"/payments/{payments[1]['id']}/void", {"reason": "mistake"}),
        practice.administrator.post(
            f"/payments/{payments[-1]['id']}/refunds", {"amount_cents": 900, "reason": "asked"}
        ),
        practice.administrator.post(f"/invoices/{invoices[0]['id']}/void", {"reason": "courtesy", "redraft": False}),
    ]
    assert [response.status_code for response in done] == [200, 200, 201, 200], [response.json for response in done]
    entries = practice.ledger(client, limit="200")["entries"]
    by_day = sorted(entries, key=lambda entry: entry["on"])  # what is on one day stays in the order of posting
    balance = 0
    for entry in by_day:
        balance += entry["amount_cents"]
        entry["balance_by_day"] = balance
    assert len({entry["kind"] for entry in entries}) == 6 and by_day != entries
    yield SimpleNamespace(practice=practice, client=client, today=today, by_day=by_day)
    assert practice.contradictions() == []


def pages_of(kept, **query):
    """The pages of a choice of entries."""
    pages, cursor = [], {}
    while not pages or cursor["cursor"]:
        pages.append(kept.practice.ledger(kept.client, **query, **cursor))
        cursor = {"cursor": pages[-1]["next_cursor"]}
    return pages


@pytest.mark.timeout(120 * (ROUNDS + 1))
@settings(max_examples=25 * ROUNDS, deadline=None)
@given(
    back=st.tuples(st.none() | st.integers(0, 22), st.none() | st.integers(0, 22)),
    kinds=st.none() | st.sets(st.sampled_from(sorted(KINDS)), min_size=1),
    order=st.sampled_from(["oldest", "newest"]),
    limit=st.integers(1, 8),
)
def test_any_choice_of_entries_goes_from_the_opening_to_the_closing_balance(kept, back, kinds, order, limit):
    first, last = (None if days is None else str(kept.today - timedelta(days=days)) for days in back)
    if first and last and last < first:
        first, last = last, first
    query = {"from": first, "to": last, "kind": ",".join(sorted(kinds)) if kinds else None}
    query = {name: value for name, value in query.items() if value}
    pages = pages_of(kept, order=order, limit=str(limit), **query)
    if not query:
        return
    within = [e for e in kept.by_day if (not first or first <= e["on"]) and (not last or e["on"] <= last)]
    wanted = [e for e in within if not kinds or e["kind"] in kinds]
    shown = [entry for page in pages for entry in page["entries"]]
    if order == "newest":
        shown.reverse()
    assert [(e["description"], e["balance_after_cents"]) for e in shown] == [
        (e["description"], e["balance_by_day"]) for e in wanted
    ]
    for page in pages:
        opening, closing = page["opening_balance_cents"], page["closing_balance_cents"]
        assert opening == sum(e["amount_cents"] for e in kept.by_day if first and e["on"] < first)
        assert opening + sum(e["amount_cents"] for e in shown) + page["other_kinds_cents"] == closing
        assert last or closing == page["balance_cents"]
        assert kinds or page["other_kinds_cents"] == 0
    if not kinds and shown:
        assert shown[0]["balance_after_cents"] - shown[0]["amount_cents"] == pages[0]["opening_balance_cents"]
        assert shown[-1]["balance_after_cents"] == pages[0]["closing_balance_cents"]


def test_the_whole_ledger_stays_in_the_order_of_posting(kept):
    (page,) = pages_of(kept, limit="200")
    assert (page["opening_balance_cents"], page["other_kinds_cents"]) == (0, 0)
    assert page["closing_balance_cents"] == page["balance_cents"] == page["entries"][-1]["balance_after_cents"]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"from": "2026-09-02", "to": "2026-09-01"}, "to", "before_from"),
        ({"from": "2026-02-30"}, "from", None),
        ({"kind": "charge,gift"}, "kind", None),
    ],
)
def test_what_no_ledger_can_show_is_refused(kept, query, field, code):
    response = kept.practice.biller.get(f"/clients/{kept.client}/ledger", **query)
    (error,) = response.json["errors"]
    assert (response.status_code, error["field"]) == (422, field)
    assert code is None or error["code"] == code


def test_a_cursor_belongs_to_its_choice_of_entries(kept):
    cursor = kept.practice.ledger(kept.client, limit="1", kind="payment")["next_cursor"]
    for other in ({}, {"kind": "charge"}, {"kind": "payment", "to": str(kept.today)}):
        response = kept.practice.biller.get(f"/clients/{kept.client}/ledger", cursor=cursor, **other)
        assert (response.status_code, response.json["errors"][0]["field"]) == (422, "cursor")


def test_paid_this_year_goes_by_the_calendar_of_the_practice(practice, monkeypatch):
    client = practice.client()

    def at(*moment):
        monkeypatch.setattr("shared.clock.now", lambda: datetime(*moment, tzinfo=UTC))

    at(2027, 1, 5, 12)
    practice.pay(client, 1_000, received_on="2026-12-31")
    later = practice.pay(client, 2_000, received_on="2027-01-02")
    wrong = practice.pay(client, 300, received_on="2027-01-03")
    practice.administrator.post(f"/payments/{later['id']}/refunds", {"amount_cents": 500, "reason": "asked"})
    practice.administrator.post(f"/payments/{wrong['id']}/void", {"reason": "mistake"})
    assert practice.ledger(client)["paid_this_year_cents"] == 1_500
    assert practice.ledger(practice.client())["paid_this_year_cents"] == 0
    at(2027, 1, 1, 4, 59)  # in New York it is still the last day of 2026
    assert practice.ledger(client)["paid_this_year_cents"] == 1_000
    at(2027, 1, 1, 5)
    assert practice.ledger(client)["paid_this_year_cents"] == 1_500


@pytest.mark.parametrize(
    "chosen",
    [
        '"on" BETWEEN %s AND %s ORDER BY "on", entry_id LIMIT 51',
        '"on" BETWEEN %s AND %s AND kind = \'payment\' ORDER BY "on" DESC, entry_id DESC LIMIT 51',
        f'"on" BETWEEN %s AND %s AND ("on", entry_id) > (\'2026-02-01\', \'{NIL}\') ORDER BY "on", entry_id LIMIT 51',
    ],
)
def test_an_index_serves_each_choice_in_its_order(kept, billing_database, chosen):
    statement = f"SELECT * FROM ledger_rows WHERE organization_id = %s AND client_id = %s AND {chosen}"
    _by_index(kept, billing_database, statement, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("sums", "more"),
    [
        ("sum(amount_cents)", "AND \"on\" BETWEEN %s AND %s AND kind IN ('payment', 'refund')"),
        (
            'entry_id, sum(amount_cents) OVER (ORDER BY "on", entry_id)',
            f"AND (\"on\", entry_id) BETWEEN (%s, '{NIL}') AND (%s, '{NIL}')",
        ),
    ],
)
def test_the_sums_are_read_from_an_index_alone(kept, billing_database, sums, more):
    statement = f"SELECT {sums} FROM ledger_rows WHERE organization_id = %s AND client_id = %s {more}"
    plan = _by_index(kept, billing_database, statement, date(2026, 1, 1), date(2026, 12, 31))
    assert "Index Only Scan" in plan, plan


def _by_index(kept, billing_database, statement, *more):
    organization_id = kept.practice.organization_id
    plan = plan_of(billing_database, organization_id, statement, organization_id, kept.client, *more)
    assert "ix_ledger_rows_by_day" in plan and "Sort" not in plan, plan
    return plan


def test_the_ledger_as_a_file_holds_every_entry_and_ends_with_the_balance(kept):
    """In the order of posting, or of some days with the balance before them; money is a number and never a formula."""

    def rows(**query):
        response = kept.practice.biller.get(f"/clients/{kept.client}/ledger", format="csv", **query)
        assert response.status_code == 200, response.text
        return list(csv.reader(io.StringIO(response.text)))

    heads, *entries = rows(limit="1")
    assert heads == ["Date", "Entry", "Kind", "Charge", "Credit", "Balance"]
    posted = kept.practice.ledger(kept.client, limit="200")
    assert [row[1:3] for row in entries] == [[each["description"], each["kind"]] for each in posted["entries"]]
    charged, credited = (sum(Decimal(row[at] or 0) for row in entries) for at in (3, 4))
    assert charged - credited == Decimal(entries[-1][5]) == Decimal(posted["balance_cents"]) / 100
    first = str(kept.today - timedelta(days=4))
    _, before, *some = rows(**{"from": first, "kind": "payment"})
    chosen = kept.practice.ledger(kept.client, **{"from": first, "kind": "payment"})
    assert before[:2] == [first, "Balance before this day"] and len(some) == len(chosen["entries"]) > 0
    assert Decimal(before[5]) == Decimal(chosen["opening_balance_cents"]) / 100
    workbook = kept.practice.biller.get(f"/clients/{kept.client}/ledger", format="xlsx", order="newest")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.data)).active
    assert float(sheet["F2"].value) == posted["balance_cents"] / 100 and sheet.max_row == len(entries) + 1
    for query, status in (({"format": "pdf"}, 422), ({"format": "csv", "from": "2026-02-02", "to": "2026-02-01"}, 422)):
        assert kept.practice.biller.get(f"/clients/{kept.client}/ledger", **query).status_code == status
    assert kept.practice.biller.get(f"/clients/{new_id()}/ledger", format="csv").status_code in (404, 503)
    statuses = [kept.practice.biller.get(f"/clients/{kept.client}/ledger", format="csv").status_code for _ in range(3)]
    assert statuses == [200, 200, 429], "five files an hour"
