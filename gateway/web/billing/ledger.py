"""The ledger of a client, a tab of their chart: what is owed, each entry with the balance after it, and its print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web.billing.ledger_view import sheet_of
from gateway.web.billing.list_views import unbilled_in_words
from gateway.web.clients.chart import chart_of
from gateway.web.page import ApiResponse, Page, Problem, Question
from gateway.web.rendering import url

LEDGER: Final = "GET /clients/{client_id}/ledger"
ENTRIES: Final = 100
LISTED: Final = 200


def show_ledger(page: Page) -> Response:
    """A page of the ledger, newest first unless the address says otherwise."""
    client_id = page.ids["client_id"]
    newest = page.query.get("order") != "oldest"
    order = "newest" if newest else "oldest"
    ledger = Question(
        LEDGER, {"client_id": client_id}, {"order": order, "limit": ENTRIES, "cursor": page.query.get("cursor")}
    )
    of_client = {"client_id": client_id, "sort": "-created_at", "limit": LISTED}
    chart = chart_of(
        page,
        client_id,
        ledger=ledger,
        invoices=Question("GET /invoices", query=of_client),
        payments=Question("GET /payments", query=of_client),
        unbilled=Question("GET /unbilled-sessions", query={"client_id": client_id, "limit": LISTED}),
    )
    found = chart.answers["ledger"]
    if not found.ok:
        raise Problem(found)
    parts: dict[str, Any] = {
        "newest_first": newest,
        "first_page": not page.query.get("cursor"),
        "invoices": _items(chart.answers["invoices"]),
        "payments": _items(chart.answers["payments"]),
    }
    sheet = sheet_of(found.value, **parts)
    if not sheet.agrees:  # something may have been posted between the two reads of the answer: once more
        found = page.ask_all(ledger=ledger)["ledger"]
        sheet = sheet_of(found.value, **parts) if found.ok else sheet
    unbilled = chart.answers["unbilled"]
    next_cursor = found.value.get("next_cursor")
    return page.show(
        "billing/ledger.html",
        chart=chart,
        sheet=sheet,
        order=order,
        unbilled=unbilled_in_words(unbilled.value) if unbilled.ok else "",
        next_page=url(f"{chart.path}/ledger", order=None if newest else order, cursor=next_cursor)
        if next_cursor
        else "",
    )


def _items(reply: ApiResponse) -> list[Any]:
    return list(reply.value["items"]) if reply.ok else []


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/{client_id}/ledger": show_ledger}
