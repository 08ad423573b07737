"""One payment: its receipt, where its money is, and what may be done about it: refund, void, bounce."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.billing import payment_views as views
from gateway.web.billing.invoice_view import by_whom
from gateway.web.billing.paper import printed_day
from gateway.web.billing.words import payment_chip
from gateway.web.forms import Form, Money, Text, body_of
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import named_in, names_of
from shared import clock

ONE: Final = "GET /payments/{payment_id}"
REFUND: Final = "POST /payments/{payment_id}/refunds"
VOID: Final = "POST /payments/{payment_id}/void"
BOUNCE: Final = "POST /payments/{payment_id}/bounce"
INVOICE: Final = "GET /invoices/{invoice_id}"
LISTED: Final = 200
EARLIER_MAX: Final = 100  # invoices of a payment that are older than the client's 200 newest
REFUSED: Final = (403, 409, 422)


def show_payment(page: Page) -> Response:
    """The receipt."""
    return _payment(page)


def refund(page: Page) -> Response:
    """Give credit of it back, by the way it came."""
    body, form = body_of(page.form, (Money("amount_cents"), Text("reason", blank="keep")))
    if form.errors:
        return _payment(page, "refund", form)
    reply = page.ask(REFUND, payment_id=_id(page), body=body, headers=form.sent)
    return page.leave(_path(page), "payment_refunded") if reply.ok else _payment(page, "refund", form, reply)


def void(page: Page) -> Response:
    """It was entered in error."""
    body = {"reason": page.form.text("reason")}
    reply = page.ask(VOID, payment_id=_id(page), body=body, headers=page.form.sent)
    return page.leave(_path(page), "payment_voided") if reply.ok else _payment(page, "void", page.form, reply)


def bounce(page: Page) -> Response:
    """The bank took it back."""
    body = body_of(page.form, (Text("reason", blank="null"),))[0]
    reply = page.ask(BOUNCE, payment_id=_id(page), body=body, headers=page.form.sent)
    return page.leave(_path(page), "payment_bounced") if reply.ok else _payment(page, "bounce", page.form, reply)


def _payment(page: Page, name: str = "", form: Form | None = None, reply: ApiResponse | None = None) -> Response:
    if reply is not None and reply.status not in REFUSED:
        page.problem(reply)
    payment = page.need(ONE, payment_id=_id(page))
    client_id = payment["client_id"]
    more = page.ask_all(
        client=Question("GET /clients/{client_id}", {"client_id": client_id}),
        practice=Question("GET /organization"),
        staff=Question("GET /staff", query={"limit": LISTED}),
        invoices=Question("GET /invoices", query={"client_id": client_id, "sort": "-created_at", "limit": LISTED}),
    )
    found: dict[str, Any] = {key: reply.value if reply.ok else None for key, reply in more.items()}
    invoices = _invoices(page, payment, (found["invoices"] or {"items": []})["items"])
    paid = [invoices[part["invoice_id"]] for part in payment["allocations"] if part["invoice_id"] in invoices]
    staff = names_of(page, named_in(payment, paid), found["staff"]["items"] if found["staff"] else [])
    forms = {"refund": Form(), "void": Form(), "bounce": Form()}
    if form is not None:
        forms[name] = form if reply is None else form.refused(reply.value)
    zone, practice = page.me["organization"]["time_zone"], page.me["organization"]["name"]
    client = found["client"]
    untouched = payment["status"] == "received" and not payment["refunds"]
    return page.show(
        "billing/payment.html",
        422 if form is not None else 200,
        payment=payment,
        own_path=_path(page),
        biller=views.receipt_head(payment, invoices, found["practice"], practice),
        payer=f"{client['given_name']} {client['family_name']}" if client else "Name not available",
        state=payment_chip(payment),
        facts=views.receipt_facts(payment, client),
        where=views.where_it_is(payment, invoices, staff),
        amount=text.money(payment["amount_cents"]),
        credit=text.money(payment["unapplied_cents"]) if payment["unapplied_cents"] else "",
        refunds=[
            (text.money(refund["amount_cents"]), printed_day(refund["refunded_on"]), refund["reason"])
            for refund in payment["refunds"]
        ],
        recorded=by_whom(_recorded(payment), staff, zone, clock.now()),
        undone=by_whom(payment["undone"], staff, zone, clock.now()) if payment["undone"] else "",
        due_again=views.due_again(found["invoices"]["items"]) if payment["undone"] and found["invoices"] else [],
        forms=forms,
        may_void=untouched,
        may_bounce=untouched and payment["method"] != "cash",
    )


def _invoices(
    page: Page, payment: Mapping[str, Any], newest: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """The invoices that the payment lies on, by id; those that are not among the client's newest are asked for."""
    found = {invoice["id"]: invoice for invoice in newest}
    wanted = [each["invoice_id"] for each in payment["allocations"] if each["invoice_id"] is not None]
    earlier = {
        wanted_id: Question(INVOICE, {"invoice_id": wanted_id}) for wanted_id in wanted if wanted_id not in found
    }
    responses = page.ask_all(**dict(list(earlier.items())[:EARLIER_MAX])) if newest and earlier else {}
    found.update({wanted_id: response.value for wanted_id, response in responses.items() if response.ok})
    return found


def _recorded(payment: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": None, "by_staff_id": payment["created_by"], "at": payment["created_at"]}


def _path(page: Page) -> str:
    return f"/payments/{_id(page)}"


def _id(page: Page) -> str:
    return page.ids["payment_id"]


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /payments/{payment_id}": show_payment,
    "POST /payments/{payment_id}/refund": refund,
    "POST /payments/{payment_id}/void": void,
    "POST /payments/{payment_id}/bounce": bounce,
}
