"""Changing what is stored of a client: one form, in the groups in which the details are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.addresses import without_empty
from gateway.web.clients.chart import chart_of
from gateway.web.clients.facts import FACTS, IN_USE, WORDS, choices, form_of_stored, refused, tags_of
from gateway.web.clients.own import LISTED, fields_of, inputs_of, own_of, with_own
from gateway.web.clients.ways import Ways
from gateway.web.clients.wishes import CHOICES, choices_of_wish, waiting_of
from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form, body_of
from gateway.web.page import Page

CHANGE: Final = "PATCH /clients/{client_id}"
OWN: Final = "GET /client-fields"


def show_form(page: Page) -> Response:
    """The form, with what is stored."""
    return _form(page)


def save(page: Page) -> Response:
    """Change what is stored. What somebody else saved meanwhile stands beside what was typed."""
    client_id = page.ids["client_id"]
    body, form = body_of(page.form, FACTS)
    ways = Ways.of(form)
    custom, form = own_of(form, page.need(OWN, limit=LISTED.query["limit"])["items"])
    if form.errors:
        return _form(page, form, status=422)
    body = {**without_empty(body, form), **ways.body, **waiting_of(form), "custom": custom}
    reply = page.ask(CHANGE, client_id=client_id, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"/clients/{client_id}/details", "saved")
    if reply.status == 412:
        return _form(page, form, status=412)
    return _form(page, refused(page, form, reply, ways), status=422)


def _form(page: Page, form: Form | None = None, status: int = 200) -> Response:
    chart = chart_of(page, page.ids["client_id"], tags=IN_USE, own=LISTED, **CHOICES)
    fields = fields_of(chart.answers["own"])
    stored = form_of_stored(chart.client)
    conflict: Conflict | None = None
    if form is not None and status == 412:
        conflict = with_own(conflict_of(form, stored, WORDS), form, chart.client, fields)
        form = over(form, chart.client["version"])
    shown = form or stored
    known = {**choices(shown), "tags": tags_of(chart.answers["tags"]), "own": inputs_of(fields, shown)}
    if chart.client["status"] == "prospective":
        known |= choices_of_wish(page, chart.answers, shown)
    return page.show("clients/edit.html", status, chart=chart, form=shown, conflict=conflict, **known)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details/edit": show_form,
    "POST /clients/{client_id}/details/edit": save,
}
