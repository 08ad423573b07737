"""One invoice: the paper as it prints, where it stands, and what may be done about it in its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.route_table.pages import WEB
from gateway.web import text
from gateway.web.billing import invoice_view as views
from gateway.web.billing.list_views import row as row_of
from gateway.web.billing.pages import outcome_of
from gateway.web.billing.paper import paper_of, received_cents
from gateway.web.billing.words import WRITE_OFFS, sentence, state_of
from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form, Money, Text, body_of
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import named_in, names_of
from shared import clock

ONE: Final = "GET /invoices/{invoice_id}"
CHANGE: Final = "PATCH /invoices/{invoice_id}"
ISSUE: Final = "POST /invoices/{invoice_id}/issue"
VOID: Final = "POST /invoices/{invoice_id}/void"
CREDIT: Final = "POST /invoices/{invoice_id}/apply-credit"
WRITE_OFF: Final = "POST /invoices/{invoice_id}/write-offs"
REVERSE: Final = "POST /write-offs/{write_off_id}/reverse"
ACCEPT: Final = "POST /invoices/{invoice_id}/amendments/{amendment_id}/accept"
LISTED: Final = 200
REFUSED: Final = (403, 409, 412, 422)
OWING: Final = ("open", "partially_paid")
WORDS: Final = {"due_on": "Due", "memo": "Text for the client"}
PATHS: Final = frozenset(row.path for row in WEB if row.method == "GET")
SESSION: Final = "/agenda/appointments/{appointment_id}"


def show_invoice(page: Page) -> Response:
    """The invoice."""
    return _invoice(page)


def save_draft(page: Page) -> Response:
    """Change the day it is due, the text for the client, or the service of lines. Of a draft."""
    invoice = page.need(ONE, invoice_id=_id(page))
    body, form = body_of(page.form, (Text("due_on", blank="null"), Text("memo", blank="null")))
    lines = [
        {"id": line["id"], "service_type_id": chosen}
        for line in invoice["lines"]
        if (chosen := form.text(f"line.{line['id']}")) and chosen != line["service_type_id"]
    ]
    if lines:
        body["lines"] = lines
    reply = page.ask(CHANGE, invoice_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(_path(page), "saved")
    return _invoice(page, "draft", form, reply)


def issue(page: Page) -> Response:
    """Issue the draft; a held one with a reason. A part of the page that issues many asks for one row."""
    body = _override(page)
    reply = page.ask(ISSUE, invoice_id=_id(page), body=body, headers=page.form.sent)
    if page.form.ticked("row"):
        row = row_of(page.need(ONE, invoice_id=_id(page)))
        return page.show("billing/_outcome.html", outcome=outcome_of(row, reply))
    if reply.ok:
        return page.leave(_path(page), "invoice_issued")
    return _invoice(page, "issue", page.form, reply)


def void(page: Page) -> Response:
    """Void it, or discard a draft; the session is drafted anew where that is ticked."""
    body = {"reason": page.form.text("reason"), "redraft": page.form.ticked("redraft")}
    reply = page.ask(VOID, invoice_id=_id(page), body=body, headers=page.form.sent)
    if reply.ok:
        return page.leave(_path(page), "invoice_voided_and_drafted" if body["redraft"] else "invoice_voided")
    return _invoice(page, "void", page.form, reply)


def apply_credit(page: Page) -> Response:
    """Put the client's credit on it."""
    body, form = body_of(page.form, (Money("amount_cents", blank="null"),))
    reply = None
    if not form.errors:
        reply = page.ask(CREDIT, invoice_id=_id(page), body=body, headers=form.sent)
        if reply.ok:
            return page.leave(_path(page), "credit_applied")
    return _invoice(page, "credit", form, reply)


def write_off(page: Page) -> Response:
    """Give up a part of what the client owes of it."""
    body, form = body_of(page.form, (Money("amount_cents"), Text("kind"), Text("reason", blank="keep")))
    reply = None
    if not form.errors:
        reply = page.ask(WRITE_OFF, invoice_id=_id(page), body=body, headers=form.sent)
        if reply.ok:
            return page.leave(_path(page), "written_off")
    return _invoice(page, "write_off", form, reply)


def reverse_write_off(page: Page) -> Response:
    """Have the client owe it again."""
    body = {"reason": page.form.text("reason")}
    reply = page.ask(REVERSE, write_off_id=page.ids["write_off_id"], body=body, headers=page.form.sent)
    if reply.ok:
        return page.leave(_path(page), "write_off_reversed")
    return _invoice(page, page.ids["write_off_id"], page.form, reply)


def accept(page: Page) -> Response:
    """Accept what an amended note changes; with a reason where it is held."""
    reply = page.ask(ACCEPT, **page.ids, body=_override(page), headers=page.form.sent)
    if reply.ok:
        return page.leave(_path(page), "amendment_accepted")
    return _invoice(page, page.ids["amendment_id"], page.form, reply)


def _override(page: Page) -> dict[str, Any]:
    reason = page.form.text("override.reason")
    return {"override": {"reason": reason}} if reason.strip() else {}


def _invoice(page: Page, name: str = "", form: Form | None = None, reply: ApiResponse | None = None) -> Response:
    """The page; with what came of the form `name`, where that was refused."""
    if reply is not None and reply.status not in REFUSED:
        page.problem(reply)
    invoice = page.need(ONE, invoice_id=_id(page))
    more = _around(page, invoice)
    write_offs = _items(more.get("write_offs"))
    forms, conflict = _forms(invoice, write_offs, name, form, reply)
    draft = invoice["status"] == "draft"
    staff = names_of(page, named_in(invoice, write_offs), _items(more["staff"]))
    paid = _items(more.get("payments"))
    client = more["client"].value if more["client"].ok else None
    zone = page.me["organization"]["time_zone"]
    credit = more["ledger"].value["credit_cents"] if "ledger" in more and more["ledger"].ok else 0
    owing = invoice["status"] in OWING and invoice["client_due_cents"] > 0
    return page.show(
        "billing/invoice.html",
        _status(form, reply),
        invoice=invoice,
        own_path=_path(page),
        paper=paper_of(invoice, client, page.me["organization"]["name"], staff),
        state=state_of(invoice),
        steps=views.steps(invoice, paid, staff, zone, clock.now(), write_offs),
        written_off=[(row["id"], text.money(row["amount_cents"])) for row in write_offs if not row["reversal"]],
        room=views.room_of(invoice) if owing else None,
        kinds=WRITE_OFFS,
        amounts=views.amounts(invoice),
        open=text.money(invoice["balance_cents"]),
        changes=views.changes(invoice, zone),
        moves=text.money(received) if (received := received_cents(invoice)) else "",
        holds=[sentence(hold["detail"]) for hold in invoice["holds"]] if draft else [],
        draft=draft,
        again=next((other for other in _items(more.get("invoices")) if other["status"] != "void"), None),
        forms=forms,
        conflict=conflict,
        services=[(service["id"], service["name"]) for service in _items(more.get("services"))],
        credit=text.money(min(credit, invoice["client_due_cents"])) if credit and owing else "",
        takes_payment=owing and page.can("payments:create"),
        session=SESSION.format(**invoice) if SESSION in PATHS else "",
        failed=[words for key, words in _NEEDED if key in more and not more[key].ok],
    )


_NEEDED: Final = (
    ("client", "Clients"),
    ("payments", "Payments"),
    ("ledger", "The ledger"),
    ("services", "Services"),
    ("write_offs", "Write-offs"),
)


def _around(page: Page, invoice: Mapping[str, Any]) -> Mapping[str, ApiResponse]:
    """What stands beside the invoice, asked at once."""
    client_id, status = invoice["client_id"], invoice["status"]
    of_it = {"invoice_id": invoice["id"], "limit": LISTED}
    questions = {
        "client": Question("GET /clients/{client_id}", {"client_id": client_id}),
        "staff": Question("GET /staff", query={"limit": LISTED}),
    }
    if status == "draft":
        questions["services"] = Question("GET /service-types", query={"active": True, "limit": LISTED})
    else:
        questions["payments"] = Question("GET /payments", query={**of_it, "sort": "-created_at"})
        questions["write_offs"] = Question("GET /write-offs", query=of_it)
    if status == "void":
        same_session = {"client_id": client_id, "appointment_id": invoice["appointment_id"], "limit": LISTED}
        questions["invoices"] = Question("GET /invoices", query={**same_session, "sort": "-created_at"})
    if status in OWING:
        questions["ledger"] = Question("GET /clients/{client_id}/ledger", {"client_id": client_id}, {"limit": 1})
    return page.ask_all(**questions)


def _items(reply: ApiResponse | None) -> list[Any]:
    return list(reply.value["items"]) if reply is not None and reply.ok else []


def _forms(
    invoice: Mapping[str, Any],
    write_offs: list[Any],
    name: str,
    form: Form | None,
    reply: ApiResponse | None,
) -> tuple[dict[str, Form], Conflict | None]:
    """A form for each thing that may be done; the one that was refused as it was typed."""
    lines = {f"line.{line['id']}": line["service_type_id"] for line in invoice["lines"]}
    stored = Form.of({**{key: invoice[key] for key in ("due_on", "memo", "version")}, **lines})
    forms = {"draft": stored, "issue": Form(), "void": Form(values={"redraft": ("on",)}), "credit": Form()}
    forms |= {row["id"]: Form() for row in (*invoice["amendments"], *write_offs)}
    forms["write_off"] = Form()
    if form is None:
        return forms, None
    if reply is None:
        return {**forms, name: form}, None
    if reply.status == 412:
        again = over(form, invoice["version"])
        return {**forms, name: again}, conflict_of(form, stored, WORDS) if name == "draft" else None
    return {**forms, name: form.refused(reply.value)}, None


def _status(form: Form | None, reply: ApiResponse | None) -> int:
    if form is None:
        return 200
    return 412 if reply is not None and reply.status == 412 else 422


def _path(page: Page) -> str:
    return f"/invoices/{_id(page)}"


def _id(page: Page) -> str:
    return page.ids["invoice_id"]


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /invoices/{invoice_id}": show_invoice,
    "POST /invoices/{invoice_id}": save_draft,
    "POST /invoices/{invoice_id}/issue": issue,
    "POST /invoices/{invoice_id}/void": void,
    "POST /invoices/{invoice_id}/credit": apply_credit,
    "POST /invoices/{invoice_id}/write-offs": write_off,
    "POST /invoices/{invoice_id}/write-offs/{write_off_id}/reverse": reverse_write_off,
    "POST /invoices/{invoice_id}/amendments/{amendment_id}": accept,
}
