"""Responsible people: who pays which share on the tab of details, all of them with their history, and the forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import addresses, text
from gateway.web.addresses import ADDRESS
from gateway.web.clients import paying
from gateway.web.clients.chart import chart_of
from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form, Input, Money, Text, Whole, body_of
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import listed, names_of
from shared import clock

LIST: Final = "GET /clients/{client_id}/responsible-people"
HISTORY: Final = "GET /clients/{client_id}/responsible-people/history"
ADD: Final = "POST /clients/{client_id}/responsible-people"
ONE: Final = "GET /responsible-people/{responsible_person_id}"
CHANGE: Final = "PATCH /responsible-people/{responsible_person_id}"
REMOVE: Final = "DELETE /responsible-people/{responsible_person_id}"
SERVICES: Final = "GET /service-types"
CHANGES_DETAILS: Final = "clients:update"
LISTED: Final = 200  # more than a client has on record
CHANGES: Final = 20
SERVICES_MAX: Final = 200
REFUSED: Final = (403, 409, 412, 422)
GONE: Final = 404
PERSON: Final[tuple[Input, ...]] = (
    Text("given_name", blank="keep"),
    Text("family_name", blank="keep"),
    Text("email", blank="null"),
    *ADDRESS,
    Text("share.kind"),
    Text("share.service_type_id", blank="null"),
    Text("effective_from", blank="keep"),
    Text("effective_to", blank="null"),
)
# Each kind of share has inputs of its own; those of the others are not sent.
OF_KIND: Final[Mapping[str, tuple[Input, ...]]] = {
    "percent": (Whole("share.percent"),),
    "fixed": (Money("share.cents"),),
    "cap": (Money("share.cents"),),
}
WORDS: Final = {
    "given_name": "Given name",
    "family_name": "Family name",
    "email": "E-mail",
    **addresses.WORDS,
    "share.kind": "Share",
    "share.percent": "Percent",
    "share.cents": "Amount",
    "share.service_type_id": "Service",
    "effective_from": "First day",
    "effective_to": "Last day",
}


def question(client_id: str) -> Question:
    """What the details ask for who pays."""
    return Question(LIST, {"client_id": client_id}, {"limit": LISTED})


def payers_of(page: Page, reply: ApiResponse) -> list[paying.Payer] | None:
    """The lines of the list; None where it does not answer just now."""
    if not reply.ok:
        return None
    people = reply.value["items"]
    return paying.payers(people, _services_of(page, people), clock.today(page.me["organization"]["time_zone"]))


def show_all(page: Page) -> Response:
    """Everybody who pays, paid or is to pay, and how that was changed."""
    of = {"client_id": _client_id(page)}
    history = Question(HISTORY, of, {"limit": CHANGES, "cursor": page.query.get("cursor")})
    chart = chart_of(page, _client_id(page), people=question(_client_id(page)), history=history)
    reply = chart.answers["history"]
    changes = reply.value["items"] if reply.ok else []
    services = _services_of(page, [each for change in changes for each in (change["before"], change["after"])])
    names = names_of(page, [change["by"] for change in changes], ())
    zone = page.me["organization"]["time_zone"]
    return page.show(
        "clients/responsible.html",
        chart=chart,
        payers=payers_of(page, chart.answers["people"]),
        changes=page.can(CHANGES_DETAILS),
        history=paying.share_changes(changes, services, names, zone, clock.now()) if reply.ok else None,
        next_cursor=reply.value["next_cursor"] if reply.ok else None,
    )


def show_new(page: Page) -> Response:
    """An empty form."""
    today = clock.today(page.me["organization"]["time_zone"]).isoformat()
    return _new(page, Form(values={"share.kind": ("percent",), "effective_from": (today,)}))


def add(page: Page) -> Response:
    """Somebody pays a share from a day on."""
    body, form = _body(page)
    if form.errors:
        return _new(page, form, 422)
    reply = page.ask(ADD, client_id=_client_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(_details(page), "responsible_added")
    return _new(page, _refused(page, form, reply), 422)


def show_one(page: Page) -> Response:
    """The form of one share, with what is stored."""
    return _one(page)


def save(page: Page) -> Response:
    """Change a share, or say its last day. What somebody else saved meanwhile stands beside what was typed."""
    body, form = _body(page)
    if form.errors:
        return _one(page, form, 422)
    reply = page.ask(CHANGE, responsible_person_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(_details(page), "saved")
    if reply.status == 412:
        return _one(page, form, 412)
    return _one(page, _refused(page, form, reply), 422)


def remove(page: Page) -> Response:
    """Take back a share that never counted. Where somebody saw to it meanwhile, it is done too."""
    reply = page.ask(REMOVE, responsible_person_id=_id(page), headers=page.form.sent)
    if not reply.ok and reply.status != GONE:
        page.problem(reply)
    return page.leave(_details(page), "responsible_removed")


def _body(page: Page) -> tuple[dict[str, Any], Form]:
    inputs = (*PERSON, *OF_KIND.get(page.form.text("share.kind"), ()))
    body, form = body_of(page.form, inputs)
    return addresses.without_empty(body, form), form


def _new(page: Page, form: Form, status: int = 200) -> Response:
    chart = chart_of(page, _client_id(page), services=_services_question())
    known = {"kinds": paying.KINDS, "services": _choice(chart.answers["services"], form)}
    return page.show("clients/responsible_new.html", status, chart=chart, form=form, **known)


def _one(page: Page, form: Form | None = None, status: int = 200) -> Response:
    of = {"responsible_person_id": _id(page)}
    chart = chart_of(page, _client_id(page), person=Question(ONE, of), services=_services_question())
    reply = chart.answers["person"]
    if not reply.ok:
        return page.problem(reply)
    person = reply.value
    share = {**person["share"], "cents": text.dollars(person["share"]["cents"])}
    stored = Form.of({**person, "share": share})
    conflict: Conflict | None = None
    if form is not None and status == 412:
        conflict = conflict_of(form, stored, WORDS)
        form = over(form, person["version"])
    form = form or stored
    return page.show(
        "clients/responsible_one.html",
        status,
        chart=chart,
        payer=person,
        form=form,
        conflict=conflict,
        coming=person["effective_from"] > clock.today(page.me["organization"]["time_zone"]).isoformat(),
        kinds=paying.KINDS,
        services=_choice(chart.answers["services"], form),
    )


def _services_question() -> Question:
    return Question(SERVICES, query={"limit": SERVICES_MAX})


def _choice(reply: ApiResponse, form: Form) -> list[tuple[str, str]]:
    """The services that a share may be of: those that are offered, and the one that is chosen."""
    chosen = form.text("share.service_type_id")
    items = reply.value["items"] if reply.ok else []
    offered = [(item["id"], item["name"]) for item in items if item["active"] or item["id"] == chosen]
    missing = [(chosen, "The service as it is")] if chosen and chosen not in dict(offered) else []
    return [("", "Every service"), *offered, *missing]


def _services_of(page: Page, records: Sequence[Mapping[str, Any] | None]) -> Mapping[str, str]:
    """The names of the services that shares are of, by id, as far as they can be had."""
    wanted = paying.services_named(records)
    return {item["id"]: item["name"] for item in listed(page, SERVICES, wanted)} if wanted else {}


def _refused(page: Page, form: Form, reply: ApiResponse) -> Form:
    if reply.status not in REFUSED:
        page.problem(reply)
    return form.refused(reply.value)


def _id(page: Page) -> str:
    return page.ids["responsible_person_id"]


def _client_id(page: Page) -> str:
    return page.ids["client_id"]


def _details(page: Page) -> str:
    return f"/clients/{_client_id(page)}/details"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details/responsible": show_all,
    "GET /clients/{client_id}/details/responsible/new": show_new,
    "POST /clients/{client_id}/details/responsible/new": add,
    "GET /clients/{client_id}/details/responsible/{responsible_person_id}": show_one,
    "POST /clients/{client_id}/details/responsible/{responsible_person_id}": save,
    "POST /clients/{client_id}/details/responsible/{responsible_person_id}/remove": remove,
}
