"""Payments by day, and recording one: the client, the facts, and where the money goes before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.billing import payment_views as views
from gateway.web.billing.words import METHODS
from gateway.web.forms import Form, Input, Money, Text, body_of
from gateway.web.local_addresses import is_id
from gateway.web.page import ApiResponse, Page, Problem, Question
from gateway.web.rendering import url
from shared import clock
from shared.texts import whole_number

PATH: Final = "/payments"
BY_DAY: Final = "GET /payments/by-day"
LISTED: Final = 50
OWING_MAX: Final = 100  # invoices that one payment may lie on
FACTS: Final[tuple[Input, ...]] = (Money("amount_cents"), Text("method"), Text("received_on"), Text("reference"))
SHARE: Final = "allocation."
REFUSED: Final = (409, 422)
CENTS_DIGITS_MAX: Final = 12
AMOUNT: Final = "Enter an amount, such as 120.00."
ANOTHER_AMOUNT: Final = "The amount is another one now. Look at where it goes, then save. Nothing is saved yet."


def show_payments(page: Page) -> Response:
    """Payments, newest day first, narrowed by day and method."""
    narrowed = {name: page.query.get(name) or None for name in ("from", "to", "method")}
    wanted: dict[str, Any] = {"sort": "-received_on", "limit": LISTED, "cursor": page.query.get("cursor"), **narrowed}
    found = page.ask("GET /payments", **wanted)
    form = Form(values={name: (value or "",) for name, value in narrowed.items()})
    if found.status == 422:
        form = form.refused(found.value)
    elif not found.ok:
        raise Problem(found)
    items = found.value["items"] if found.ok else []
    next_cursor = found.value["next_cursor"] if found.ok else None
    return page.show(
        "billing/payments.html",
        422 if form.errors else 200,
        form=form,
        days=views.days(items, _sums(page, items, narrowed["method"])),
        taken=_taken(page, narrowed),
        totals=views.totals(items),
        count=len(items),
        methods=(("", "Every method"), *METHODS),
        narrowed=any(narrowed.values()),
        next_page=url(PATH, cursor=next_cursor, **narrowed) if next_cursor else "",
    )


def _taken(page: Page, narrowed: Mapping[str, str | None]) -> views.Taken | None:
    """What the chosen days come to, today where none is chosen; None where it cannot be had."""
    first, last = narrowed["from"], narrowed["to"]
    today = clock.today(page.me["organization"]["time_zone"]).isoformat()
    days: dict[str, Any] = {"from": first or last or today, "to": last or today}
    reply = page.ask(BY_DAY, **days)
    return views.taken(reply.value, today) if reply.ok else None


def _sums(page: Page, items: Sequence[Mapping[str, Any]], method: str | None) -> Mapping[str, int]:
    """What each day of this page comes to, with the payments of that day on other pages."""
    if not items:
        return {}
    days: dict[str, Any] = {"from": items[-1]["received_on"], "to": items[0]["received_on"]}
    reply = page.ask(BY_DAY, **days)
    return views.sums_of(reply.value["items"], method) if reply.ok else {}


def show_new(page: Page) -> Response:
    """Whose payment it is; once that is known, what was paid: what is owed, unless somebody says otherwise."""
    client_id = page.query.get("client_id", "")
    if not client_id:
        return page.show("billing/payment_client.html", found=None, query="")
    today = clock.today(page.me["organization"]["time_zone"])
    form = Form(values={"client_id": (client_id,), "received_on": (today.isoformat(),)})
    owing = _owing(page, client_id)
    owed = sum(invoice["client_due_cents"] for invoice in owing)
    if not owed:
        return _new(page, form, client_id)
    form = replace(form, values={**form.values, "amount_cents": (text.dollars(owed),)})
    return _new(page, _placed(form, owed, owing), client_id, seen=owed)


def find_client(page: Page) -> Response:
    """Clients whom the words find, by name, phone, birth date or number; the words stand in no address."""
    query = page.form.text("query").strip()
    found: Sequence[Mapping[str, Any]] = ()
    if query:
        reply = page.ask("POST /clients/search", body={"query": query, "limit": 8})
        if not reply.ok and reply.status != 422:
            return page.problem(reply)
        found = reply.value["items"] if reply.ok else ()
    template = "billing/_clients_found.html" if page.is_fragment else "billing/payment_client.html"
    return page.show(template, found=found, query=query)


def record(page: Page) -> Response:
    """First shows where the money goes; then, once that was seen for this amount, saves it."""
    client_id = page.form.text("client_id")
    if not is_id(client_id):
        return page.leave(f"{PATH}/new")
    owing = _owing(page, client_id)
    body, form = body_of(page.form, (*FACTS, *_shares_of(page.form)))
    placed = body.pop("allocation", {})
    amount = body.get("amount_cents")
    if amount is None and "amount_cents" not in form.errors:
        form = form.wrong(amount_cents=AMOUNT)
    if amount is None or form.errors:
        return _new(page, form, client_id, 422, seen=_seen(form))
    if form.text("seen") != str(amount):
        placed_anew = _placed(form, amount, owing)
        if form.text("seen"):
            placed_anew = replace(placed_anew, summary=ANOTHER_AMOUNT)
        return _new(page, placed_anew, client_id, seen=amount)
    shares = [{"invoice_id": invoice_id, "amount_cents": cents} for invoice_id, cents in placed.items() if cents]
    reply = page.ask("POST /payments", body={**body, "client_id": client_id, "allocations": shares}, headers=form.sent)
    if reply.ok:
        return page.leave(f"{PATH}/{reply.value['id']}", "payment_recorded")
    if reply.status not in REFUSED:
        return page.problem(reply)
    beside = {f"allocations.{n}": f"allocation.{share['invoice_id']}" for n, share in enumerate(shares)}
    return _new(page, form.refused(_beside(reply, beside)), client_id, 422, seen=amount)


def _shares_of(form: Form) -> list[Money]:
    """The inputs of the invoices that the form shows, owed still or not: sent twice, it says the same twice."""
    names = [name for name in form.values if name.startswith(SHARE) and is_id(name.removeprefix(SHARE))]
    return [Money(name) for name in names[:OWING_MAX]]


def _seen(form: Form) -> int | None:
    """The amount for which the form showed where it goes; None where it did not yet."""
    return whole_number(form.text("seen"), digits_max=CENTS_DIGITS_MAX)


def _placed(form: Form, amount: int, owing: Sequence[Mapping[str, Any]]) -> Form:
    """The form with the money on the oldest invoices first."""
    placed = views.oldest_first(amount, owing)
    typed = {
        f"allocation.{invoice_id}": (text.dollars(cents) if cents else "",) for invoice_id, cents in placed.items()
    }
    return replace(form, values={**form.values, **typed})


def _beside(reply: ApiResponse, inputs: Mapping[str, str]) -> dict[str, Any]:
    """The problem with its errors at the inputs that they are about."""
    errors = [
        {
            **error,
            "field": next((to for at, to in inputs.items() if error["field"].startswith(f"{at}.")), error["field"]),
        }
        for error in reply.value.get("errors", [])
    ]
    return {**reply.value, "errors": errors}


def _owing(page: Page, client_id: str) -> list[Mapping[str, Any]]:
    query: dict[str, Any] = {"status": "open,partially_paid", "sort": "issued_on", "limit": OWING_MAX}
    found = page.need("GET /invoices", client_id=client_id, **query)["items"]
    return [invoice for invoice in found if invoice["client_due_cents"] > 0]


def _new(page: Page, form: Form, client_id: str, status: int = 200, *, seen: int | None = None) -> Response:
    answers = page.ask_all(
        client=Question("GET /clients/{client_id}", {"client_id": client_id}),
        earlier=Question("GET /payments", query={"client_id": client_id, "sort": "-received_on", "limit": LISTED}),
    )
    if not answers["client"].ok:
        raise Problem(answers["client"])
    owing = _owing(page, client_id)
    earlier = answers["earlier"].value["items"] if answers["earlier"].ok else []
    if "method" not in form.values:  # as they paid the last time
        form = replace(form, values={**form.values, "method": (earlier[0]["method"] if earlier else METHODS[0][0],)})
    placed = [Money(f"allocation.{invoice['id']}") for invoice in owing]
    shares = body_of(form, placed)[0].get("allocation", {}) if seen is not None else {}
    reference, on = form.text("reference"), form.text("received_on")
    return page.show(
        "billing/payment_new.html",
        status,
        form=form,
        client=answers["client"].value,
        owing=[
            {
                "id": invoice["id"],
                "number": invoice["number"],
                "day": text.day(invoice["issued_on"]),
                "due": text.money(invoice["client_due_cents"]),
                "overdue": invoice["overdue"],
            }
            for invoice in owing
        ],
        owed=text.money(sum(invoice["client_due_cents"] for invoice in owing)),
        methods=METHODS,
        seen=seen,
        credit=text.money(seen - sum(shares.values())) if seen is not None else "",
        same=views.same_before(earlier, seen, reference, on) if seen is not None else [],
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /payments": show_payments,
    "GET /payments/new": show_new,
    "POST /payments/new": record,
    "POST /payments/new/client": find_client,
}
