"""The ledger of a client, a tab of their chart: what is owed, each entry with the balance after it, and its print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final

from flask import Response

from gateway.web.billing.ledger_explained import OPEN, SUMS, Explanation, explained
from gateway.web.billing.ledger_view import EVERYTHING, KINDS, Chosen, sheet_of
from gateway.web.billing.list_views import unbilled_in_words
from gateway.web.clients.chart import chart_of
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Problem, Question
from gateway.web.rendering import url

LEDGER: Final = "GET /clients/{client_id}/ledger"
CHOICES: Final = ("from", "to", "kind")  # by which some entries are chosen, in the order of `Chosen`
ENTRIES: Final = 100
FILES: Final = {"csv": "CSV", "xlsx": "Excel"}
LISTED: Final = 200


def show_ledger(page: Page) -> Response:
    """A page of the ledger: all entries newest first, or those of some days or kinds, from the balance before them."""
    client_id = page.ids["client_id"]
    chosen = Chosen(*(page.query.get(name, "") for name in CHOICES))
    newest = page.query.get("order", "oldest" if chosen.some else "newest") != "oldest"
    ledger = _question(client_id, chosen, newest, page.query.get("cursor"))
    chart = chart_of(
        page,
        client_id,
        ledger=ledger,
        unbilled=Question("GET /unbilled-sessions", query={"client_id": client_id, "limit": LISTED}),
    )
    found = chart.answers["ledger"]
    form = Form(values={name: (value,) for name, value in zip(CHOICES, astuple(chosen), strict=True)})
    if found.status == 422 and chosen.some:
        form, chosen = form.refused(found.value), EVERYTHING
        ledger = _question(client_id, chosen, newest, None)
        found = page.ask_all(ledger=ledger)["ledger"]
    if not found.ok:
        raise Problem(found)
    parts: dict[str, Any] = {
        "newest_first": newest,
        "first_page": not ledger.query["cursor"],
        "payments": _payments(page, found.value),
        "chosen": chosen,
    }
    sheet = sheet_of(found.value, **parts)
    if not sheet.agrees:  # something may have been posted between the two reads of the answer: once more
        found = page.ask_all(ledger=ledger)["ledger"]
        sheet = sheet_of(found.value, **parts) if found.ok else sheet
    unbilled = chart.answers["unbilled"]
    path = f"{chart.path}/ledger"
    kept = {name: value or None for name, value in zip(CHOICES, astuple(chosen), strict=True)}
    next_cursor = found.value.get("next_cursor")
    in_words = None
    if sheet.agrees and "explain" in page.query and not chosen.some:
        in_words = _in_words(page, client_id, found.value)
    return page.show(
        "billing/ledger.html",
        422 if form.errors else 200,
        chart=chart,
        sheet=sheet,
        form=form,
        kinds=KINDS,
        chosen=chosen,
        orders=[
            (words, url(path, order=order, **kept), newest == (order == "newest"))
            for order, words in (("newest", "Newest first"), ("oldest", "Oldest first"))
        ],
        unbilled=unbilled_in_words(unbilled.value) if unbilled.ok else "",
        newest_first=newest,
        files=[(url(f"{path}/file", format=format_, **kept), words) for format_, words in FILES.items()],
        explained=in_words,
        next_page=url(path, order="newest" if newest else "oldest", cursor=next_cursor, **kept) if next_cursor else "",
    )


def take_file(page: Page) -> Response:
    """The entries that the address chooses as a file: all of them, by day or as they were posted."""
    kept = {name: page.query.get(name) or None for name in CHOICES}
    chosen = page.query.get("format", "")
    wanted = {**kept, "order": "oldest", "format": chosen if chosen in FILES else "csv"}
    return page.hand_on(LEDGER, client_id=page.ids["client_id"], **wanted)


def _question(client_id: str, chosen: Chosen, newest: bool, cursor: str | None) -> Question:
    of_page = {"order": "newest" if newest else "oldest", "limit": ENTRIES, "cursor": cursor}
    days = {"from": chosen.first or None, "to": chosen.last or None, "kind": chosen.kind or None}
    return Question(LEDGER, {"client_id": client_id}, {**of_page, **days})


def _payments(page: Page, ledger: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The payments that the entries of this page are about, as far as they can be had."""
    paid = [entry["payment_id"] for entry in ledger["entries"] if entry["kind"] == "payment"]
    ids = [payment_id for payment_id in dict.fromkeys(paid) if payment_id]
    return _items(page.ask("GET /payments", ids=",".join(ids), limit=ENTRIES)) if ids else ()


def _in_words(page: Page, client_id: str, ledger: Mapping[str, Any]) -> Explanation | None:
    """The balance explained; None where its sums cannot be had, or something was posted meanwhile."""
    of_client = {"client_id": client_id, "status": ",".join(OPEN), "limit": LISTED}
    sums = page.ask_all(
        invoices=Question("GET /invoices", query=of_client),
        **{
            kinds: Question(LEDGER, {"client_id": client_id}, {"kind": kinds, "limit": 1, "order": "oldest"})
            for kinds in SUMS
        },
    )
    invoices = _items(sums.pop("invoices"))
    if any(not each.ok or each.value["balance_cents"] != ledger["balance_cents"] for each in sums.values()):
        return None
    besides = {kinds: int(each.value["other_kinds_cents"]) for kinds, each in sums.items()}
    return explained(ledger, besides, invoices)


def _items(reply: ApiResponse) -> list[Any]:
    return list(reply.value["items"]) if reply.ok else []


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/ledger": show_ledger,
    "GET /clients/{client_id}/ledger/file": take_file,
}
