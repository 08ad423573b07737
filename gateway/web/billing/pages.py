"""Invoices: the list by what they wait for, many issued one after the other, and sessions that nothing bills."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response

from gateway.web import text
from gateway.web.billing import list_views as views
from gateway.web.billing.words import client_of
from gateway.web.forms import Form
from gateway.web.local_addresses import is_id
from gateway.web.page import ApiResponse, Page, Problem, Question
from gateway.web.rendering import url
from shared.texts import whole_number

LIST: Final = "GET /invoices"
COUNTS: Final = "GET /invoices/counts"
UNBILLED: Final = "GET /unbilled-sessions"
ISSUE: Final = "POST /invoices/{invoice_id}/issue"
DRAFT_AGAIN: Final = "POST /appointments/{appointment_id}/draft-invoice"
MAY_ISSUE: Final = "invoices:issue"
MAY_DRAFT: Final = "invoices:update"
LISTED: Final = 50  # as many as are issued at once


def show_invoices(page: Page) -> Response:
    """One tab of the list, narrowed by number and day of issue."""
    return _list(page)


def _list(page: Page, *, nothing_ticked: bool = False) -> Response:
    query = page.query
    chosen = query.get("tab", "") if query.get("tab") in views.KINDS else ""
    narrowed = {name: query.get(name) or None for name in ("number", "issued_from", "issued_to")}
    wanted = {"sort": "-created_at", "limit": LISTED, "cursor": query.get("cursor"), **narrowed}
    if narrowed["number"] is None:
        wanted |= views.KINDS[chosen].query
    answers = page.ask_all(
        invoices=Question(LIST, query=wanted),
        counts=Question(COUNTS),
        unbilled=Question(UNBILLED, query={"limit": LISTED}),
    )
    found, counts, unbilled = answers["invoices"], answers["counts"], answers["unbilled"]
    form = Form(values={name: (value or "",) for name, value in narrowed.items()})
    if found.status == 422:
        form = form.refused(found.value)
    elif not found.ok:
        raise Problem(found)
    items = found.value["items"] if found.ok else []
    shown = views.rows(items)
    next_cursor = found.value["next_cursor"] if found.ok else None
    return page.show(
        "billing/invoices.html",
        422 if form.errors else 200,
        form=form,
        rows=shown,
        chosen=chosen,
        kind=views.KINDS[chosen],
        tabs=views.tabs(chosen, counts.value if counts.ok else None),
        narrowed=any(narrowed.values()),
        next_page=url(views.PATH, tab=chosen, cursor=next_cursor, **narrowed) if next_cursor else "",
        cursor=query.get("cursor", ""),
        ready=views.ready_in_words(shown, bool(next_cursor)) if chosen == "" else "",
        unbilled=views.unbilled_in_words(unbilled.value) if unbilled.ok else "",
        may_issue=page.can(MAY_ISSUE) and chosen == "",
        nothing_ticked=nothing_ticked,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of issuing one of them."""

    row: views.Row
    ok: bool
    words: str


def issue_many(page: Page) -> Response:
    """Those that were ticked: first what would be issued and what is held, then, once that was seen, issue them."""
    form = page.form
    seen = dict(_ticked(form.all("invoice"))[:LISTED])
    if not seen:
        return _list(page, nothing_ticked=True)
    cursor = form.text("cursor") or None
    items = page.need(LIST, status="draft", sort="-created_at", limit=LISTED, cursor=cursor)["items"]
    by_id = {row.id: row for row in views.rows(items)}
    chosen = [by_id[invoice_id] for invoice_id in seen if invoice_id in by_id]
    if not form.ticked("seen"):
        return page.show(
            "billing/issue.html",
            ready=(ready := [row for row in chosen if row.ready]),
            held=[row for row in chosen if not row.ready],
            total=views.total_of(ready),
            gone=len(seen) - len(chosen),
            cursor=cursor or "",
        )
    each = [_issued(page, by_id.get(invoice_id), invoice_id, version) for invoice_id, version in seen.items()]
    outcomes = [outcome for outcome in each if outcome is not None]
    return page.show(
        "billing/issued.html",
        outcomes=outcomes,
        issued=sum(outcome.ok for outcome in outcomes),
        gone=len(seen) - len(outcomes),
    )


def _ticked(values: Sequence[str]) -> list[tuple[str, str]]:
    """Invoices with the versions that the person saw; what no box of ours posts is left out."""
    parts = (value.partition(":") for value in values)
    return [(of, version) for of, _, version in parts if is_id(of) and whole_number(version) is not None]


def _issued(page: Page, draft: views.Row | None, invoice_id: str, version: str) -> Outcome | None:
    """What came of one; None of what is no draft now. A form that is sent again says what came of it the first time."""
    headers = {"Idempotency-Key": f"{page.form.sent['Idempotency-Key']}-{invoice_id}", "If-Match": f'"{version}"'}
    reply = page.ask(ISSUE, invoice_id=invoice_id, body={}, headers=headers)
    row = views.row(reply.value) if reply.ok else draft
    return None if row is None else outcome_of(row, reply)


def outcome_of(row: views.Row, reply: ApiResponse) -> Outcome:
    """What came of it in words."""
    if reply.ok:
        return Outcome(row, True, f"Issued as {reply.value['number']}.")
    if reply.status == 412:
        return Outcome(row, False, "It was changed meanwhile. Look at it, then issue it.")
    return Outcome(row, False, reply.detail)


def show_unbilled(page: Page) -> Response:
    """Sessions whose last invoice is void, and that nothing bills."""
    found = page.need(UNBILLED, limit=LISTED, cursor=page.query.get("cursor"))
    return page.show(
        "billing/unbilled.html",
        sessions=[
            {
                **item,
                "client": client_of(item),
                "day": text.day(item["service_date"]),
                "voided": text.day(item["voided_on"]),
            }
            for item in found["items"]
        ],
        next_cursor=found["next_cursor"],
    )


def draft_again(page: Page) -> Response:
    """Draft the invoice of such a session again."""
    reply = page.ask(
        DRAFT_AGAIN,
        appointment_id=page.ids["appointment_id"],
        body={"client_id": page.form.text("client_id")},
        headers=page.form.sent,
    )
    if not reply.ok:
        return page.problem(reply)
    return page.leave(f"{views.PATH}/{reply.value['id']}", "invoice_drafted")


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /invoices": show_invoices,
    "POST /invoices/issue": issue_many,
    "GET /invoices/unbilled": show_unbilled,
    "POST /invoices/unbilled/{appointment_id}": draft_again,
}
