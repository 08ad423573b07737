"""A column of a file says what a client owed before: it is checked and kept with the row, and posted nowhere."""

from __future__ import annotations

import pytest

from services.clients.client_import.values import BALANCE_CENTS_MAX, cents_of
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.test_clients_import import few_rows, imported, rows_of, upload  # noqa: F401 - autouse
from services.clients.tests.test_clients_import_undone import begun, run_undo

HEAD = "First Name,Last Name,Date of Birth,Balance Due\n"


def table(*balances: str) -> str:
    return HEAD + "".join(
        f'P{number},Quint,19{60 + number}-01-01,"{balance}"\n' for number, balance in enumerate(balances, 1)
    )


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("$1,234.50", 123_450),
        ("(12.00)", -1_200),
        ("($1,000.5)", -100_050),
        ("-12", -1_200),
        ("\u2212$12.00", -1_200),
        ("$-12.00", -1_200),
        ("12.00-", -1_200),
        ("USD 12", 1_200),
        ("12.00 usd", 1_200),
        (".5", 50),
        ("0", 0),
        (" $ -   ", 0),
        ("$", None),
        ("()", None),
        ("(12", None),
        ("-(12)", None),
        ("12,50", None),
        ("1.234,50", None),
        ("12.345", None),
        ("12 50", None),
        ("twelve", None),
        ("9" * 5_000, None),
        ("\u0661\u0662", None),
    ],
)
def test_an_amount_is_read_as_lists_write_it_and_in_no_other_way(text: str, cents: int | None) -> None:
    assert cents_of(text) == cents


def test_a_balance_is_checked_shown_with_its_row_and_posted_nowhere(desk: Desk) -> None:
    most = BALANCE_CENTS_MAX // 100
    ended = imported(desk, table("$1,234.50", "(12.00)", "", f"{most}", f"{most}.01", "much"), dry_run="false")
    assert ended["mapping"]["Balance Due"] == "opening_balance" and ended["ignored_columns"] == []
    rows = rows_of(desk, ended)
    assert [row["result"] for row in rows] == ["created"] * 4 + ["error"] * 2
    assert [row["opening_balance_cents"] for row in rows] == [123_450, -1_200, None, BALANCE_CENTS_MAX, None, None]
    assert [(row["errors"][0]["field"], row["errors"][0]["code"]) for row in rows[4:]] == [
        ("opening_balance", "too_large"),
        ("opening_balance", "invalid"),
    ]
    events = desk.database.rows(
        "SELECT DISTINCT type FROM outbox WHERE organization_id = %s AND data::text LIKE '%%123450%%'",
        desk.organization_id,
    )
    assert events == []
    begun(desk, ended)
    run_undo(desk)
    assert [row["result"] for row in rows_of(desk, ended)[:4]] == ["removed"] * 4, "nothing of it keeps a client"


@pytest.mark.abuse("A-IMPORT-balances")
def test_the_column_is_for_who_may_issue_invoices(desk: Desk) -> None:
    scope = ("client_imports:manage", "clients:read", "assignments:change")
    program = desk.web.as_program(*scope, organization_id=desk.organization_id)
    begun_by_program = upload(program, table("$12.00"), dry_run="false", mapping='{"Balance Due": "opening_balance"}')
    assert begun_by_program["ignored_columns"] == [{"column": "Balance Due", "reason": "not_allowed"}]
    run_all(desk)
    (row,) = rows_of(desk, begun_by_program)
    assert (row["result"], row["opening_balance_cents"]) == ("created", None) and "opening_balance" not in row["values"]
    allowed = desk.web.as_program(*scope, "invoices:issue", organization_id=desk.organization_id)
    assert upload(allowed, table("$12.00").replace("Quint", "Rask"))["ignored_columns"] == []
