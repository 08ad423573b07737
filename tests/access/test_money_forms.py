"""B22: a form that moves money and is sent twice at once moves it once, and both windows show what came of it.

The forms are found by their page rows, and on the pages of a client who has something of everything: a new one is in
it by itself. Each is sent twice at once, and a third time afterwards, as somebody does who goes back and presses again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from threading import Barrier
from typing import Any, Final

import pytest
import requests

from embedded.stack import Stack
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import WEB
from gateway.route_table.row import Row
from shared.testing.waiting import wait_until
from tests.access.test_pages import OURS, Window, without_reference
from tests.practice import Practice

API: Final = {row.name: row for row in ROUTE_TABLE}
MONEY_IS: Final = ("invoices:", "payments:", "credit:", "write_offs:")  # what the permission to change it begins with
FINDS_ONLY: Final = frozenset({"POST /payments/new/client"})  # it finds the client; the permission is that of paying
BOXES: Final = ("checkbox", "radio")
TYPED_CENTS: Final = 100
TYPED: Final = {"amount_cents": "1.00", "reason": "Mistake.", "override.reason": "Agreed.", "method": "check"}


def _moves_money(row: Row) -> bool:
    """Whether a page row asks billing to change something by which money is owed, paid or given back."""
    changes = [API[name].permission for name in row.asks if name.startswith("POST ")]
    return (
        row.method == "POST"
        and row.name not in FINDS_ONLY
        and any(permission.startswith(MONEY_IS) and not permission.endswith(":read") for permission in changes)
    )


MONEY: Final = [row for row in WEB if _moves_money(row)]


@dataclass
class Filled:
    """A form of a page: where it is sent, and what with."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """The POST forms of a page with what they hold, boxes that are ticked and choices that are made."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Filled] = []
        self._select = ""
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Filled(facts["action"] if facts.get("method") == "post" else ""))
        elif not self.found:
            return
        elif tag == "select":
            self._select = facts["name"]
        elif tag == "option" and self._select and ("selected" in facts or self._select not in self.found[-1].values):
            self.found[-1].values[self._select] = [facts["value"]]
        elif tag == "textarea":
            self.found[-1].values[facts["name"]] = [""]
        elif tag == "input" and facts.get("name") and (facts.get("type") not in BOXES or "checked" in facts):
            self.found[-1].values.setdefault(facts["name"], []).append(facts.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self.found.append(Filled(""))  # what stands between two forms belongs to none


class Somebody:
    """A client with something of everything, and what their money is."""

    def __init__(self, practice: Practice, shorter_id: str, hour: int) -> None:
        self.practice = practice
        self.client_id, case_id = practice.new_client()
        days = [f"2026-09-{7 + n:02}T{hour:02}:00" for n in range(4)]
        therapist = practice.people["therapist"]
        draft, owed, void, amended = (practice.draft_of(practice.document(self.client_id, day))["id"] for day in days)
        for invoice_id in (owed, void, amended):
            practice.owner.post(f"/invoices/{invoice_id}/issue", {}, expect=200)
        practice.owner.post(f"/invoices/{void}/void", {"reason": "courtesy", "redraft": False}, expect=200)
        gone = {"amount_cents": 500, "kind": "courtesy", "reason": "Agreed."}
        practice.owner.post(f"/invoices/{owed}/write-offs", gone)
        notes = {note["appointment_id"]: note["id"] for note in therapist.get(f"/cases/{case_id}/notes")["items"]}
        appointment = practice.owner.get(f"/invoices/{amended}")["appointment_id"]
        body = {"reason": "Stopped earlier.", "minutes": 45, "service_type_id": shorter_id}
        therapist.post(f"/notes/{notes[appointment]}/amendments", body)
        paid = {"client_id": self.client_id, "amount_cents": 2_000, "method": "check", "received_on": "2026-09-30"}
        payment = practice.owner.post("/payments", {**paid, "allocations": []})["id"]
        practice.amended(amended)
        self.pages = [
            "/invoices",
            "/invoices/unbilled",
            *(f"/invoices/{invoice_id}" for invoice_id in (owed, draft, amended)),
            f"/payments/new?client_id={self.client_id}",
            f"/payments/{payment}",
            f"/clients/{self.client_id}/ledger",
        ]

    def money(self) -> tuple[int, int, Counter[Any]]:
        """The balance, the credit, and everything that happened."""
        of_client = {"client_id": self.client_id, "limit": "200"}
        ledger = self.practice.owner.get(f"/clients/{self.client_id}/ledger", limit="200")
        payments = self.practice.owner.get("/payments", **of_client)["items"]
        invoices = self.practice.owner.get("/invoices", **of_client)["items"]
        happened: Counter[Any] = Counter()
        for entry in ledger["entries"]:
            happened[entry["kind"], entry["amount_cents"], entry["invoice_id"], entry["payment_id"]] += 1
        happened.update(("payment", payment["amount_cents"]) for payment in payments)
        happened.update(
            ("on", part["invoice_id"], part["amount_cents"]) for payment in payments for part in payment["allocations"]
        )
        happened.update(("refund", each["amount_cents"]) for payment in payments for each in payment["refunds"])
        happened.update((invoice["appointment_id"], invoice["status"] == "void") for invoice in invoices)
        return ledger["balance_cents"], ledger["credit_cents"], happened


class Books(Practice):
    """A practice with a service of 45 minutes besides."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        shorter = {"name": "Psychotherapy 45", "kind": "cpt", "code": "90834", "rate_cents": 12_000}
        self.shorter_id = self.owner.post("/service-types", {**shorter, "duration_minutes": 45})["id"]
        self.hour = 7

    def somebody(self) -> Somebody:
        """A new client, whose sessions nobody else's are in the way of."""
        self.hour += 1
        return Somebody(self, self.shorter_id, self.hour)

    def amended(self, invoice_id: str) -> None:
        """Wait until the amendment of an invoice has arrived."""
        wait_until(lambda: self.owner.get(f"/invoices/{invoice_id}")["amendments"], 20, "the amendment")


@pytest.fixture(scope="module")
def books(embedded_stack: Stack) -> Books:
    return Books(embedded_stack.url)


@pytest.fixture(scope="module")
def window(books: Books) -> Iterator[Window]:
    """The owner's browser."""
    return Window(books, "owner")


def test_there_are_forms_that_move_money() -> None:
    assert {row.path for row in MONEY} >= {"/payments/new", "/invoices/issue", "/payments/{payment_id}/refund"}


@pytest.mark.parametrize("row", MONEY, ids=lambda row: row.path)
def test_a_form_that_is_sent_twice_at_once_moves_money_once(books: Books, window: Window, row: Row) -> None:
    somebody = books.somebody()
    form = _reviewed(window, _found(window, somebody, row))
    balance, credit, happened = somebody.money()
    barrier = Barrier(2)

    def send() -> requests.Response:
        barrier.wait()
        return _send(window, form)

    with ThreadPoolExecutor(2) as pool:
        both = [future.result() for future in [pool.submit(send), pool.submit(send)]]
    shown = [_shown(response) for response in both]
    assert shown[0] == shown[1], "the second window shows something else"
    assert both[0].status_code in (200, 303), both[0].text[-4_000:]
    after = somebody.money()
    assert _shown(_send(window, form)) == shown[0], "somebody went back and pressed again"
    assert somebody.money() == after, "the third time did something"
    new = after[2] - happened
    assert new, "nothing happened"
    assert max(new.values()) == 1, f"it was done twice: {new}"
    if "amount_cents" in form.values:
        assert max(abs(after[0] - balance), abs(after[1] - credit)) == TYPED_CENTS


def _found(window: Window, somebody: Somebody, row: Row) -> Filled:
    """The first form on the client's pages that is sent to this row, filled in."""
    action = re.compile(re.sub(r"{\w+}", "[^/]+", row.path))
    for path in somebody.pages:
        for form in Forms(window.get(path).text).found:
            whose = form.values.get("client_id", [somebody.client_id])
            if action.fullmatch(form.action) and whose == [somebody.client_id]:
                return _filled(form)
    raise AssertionError(f"no page of {', '.join(somebody.pages)} has a form that is sent to {row.path}")


def _filled(form: Filled) -> Filled:
    typed = {name: [value] for name, value in TYPED.items() if name in form.values}
    return Filled(form.action, {**form.values, **typed})


def _reviewed(window: Window, form: Filled) -> Filled:
    """The form that is really sent. Some first show what would come of it: they have no key, or say what was seen."""
    if "once" in form.values and "seen" not in form.values:
        return form
    response = _send(window, form)
    assert response.status_code == 200, response.text[-2_000:]
    return next(each for each in Forms(response.text).found if each.action == form.action)


def _send(window: Window, form: Filled) -> requests.Response:
    return requests.post(
        window.url + form.action,
        data=form.values,
        cookies=window.cookies,
        headers={"Accept": "text/html", **OURS},
        allow_redirects=False,
        timeout=30,
    )


def _shown(response: requests.Response) -> tuple[int, str]:
    """What somebody sees of it: where they are led, or the page."""
    return response.status_code, response.headers.get("Location") or without_reference(response.text)
