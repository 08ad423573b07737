"""API clients: programs that act for the practice, with permissions of their own and a secret that is shown once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web.forms import Form, Many, Text, body_of
from gateway.web.page import ApiResponse, Page
from gateway.web.staff import api_client_view as view
from gateway.web.staff.pages import refused
from shared import clock
from shared.texts import whole_number

LIST: Final = "/settings/api-clients"
READ: Final = "GET /api-clients/{api_client_id}"
INPUTS: Final = (Text("name", blank="keep"), Many("permissions"))


def show_api_clients(page: Page) -> Response:
    """All of them, newest first, revoked ones included."""
    found = page.need("GET /api-clients", cursor=page.query.get("cursor"))
    rows = [view.row_of(item, page.me["organization"]["time_zone"], clock.now()) for item in found["items"]]
    return page.show("staff/api_clients.html", rows=rows, next_cursor=found["next_cursor"])


def show_new(page: Page) -> Response:
    """An empty form."""
    day = view.usual_end(clock.today(page.me["organization"]["time_zone"]))
    return _new(page, Form(values={"expires_at": (day,)}))


def add(page: Page) -> Response:
    """Make one; the secret is shown this once."""
    reply, form = _sent(page, "POST /api-clients")
    if reply.ok:
        return _secret(page, reply.value, "is made")
    return _new(page, refused(form, reply, "permissions"), 422)


def show_api_client(page: Page) -> Response:
    """One of them, with what it may do."""
    return _one(page, None)


def change(page: Page) -> Response:
    """Another name, other permissions, another end."""
    reply, form = _sent(page, "PATCH /api-clients/{api_client_id}")
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['api_client_id']}", "saved")
    return _one(page, refused(form, reply, "permissions"))


def rotate(page: Page) -> Response:
    """A new secret, shown this once; the present one goes on working for the hours that were chosen."""
    hours = whole_number(page.form.text("overlap_hours"))
    reply = page.ask(
        "POST /api-clients/{api_client_id}/rotate",
        **page.ids,
        body={"overlap_hours": hours or 0},
        headers=page.form.sent,
    )
    if reply.ok:
        return _secret(page, reply.value, "has a new secret")
    return _one(page, refused(page.form, reply))


def revoke(page: Page) -> Response:
    """End it for good."""
    reply = page.ask("POST /api-clients/{api_client_id}/revoke", **page.ids, headers=page.form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['api_client_id']}", "api_client_revoked")
    return _one(page, refused(page.form, reply))


def _sent(page: Page, row: str) -> tuple[ApiResponse, Form]:
    body, form = body_of(page.form, INPUTS)
    ends = view.end_of(page.form.text("expires_at"), page.me["organization"]["time_zone"])
    # The form shows days: an end that nobody touched keeps its hour.
    if ends and page.form.text("expires_at") != page.form.text("stored_end"):
        body["expires_at"] = ends
    return page.ask(row, **page.ids, body=body, headers=page.form.sent), form


def _secret(page: Page, client: Mapping[str, Any], what: str) -> Response:
    return page.show("staff/api_client_secret.html", client=client, what=what)


def _new(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "staff/api_client_new.html", status, form=form, areas=view.areas(page.can, form.all("permissions"))
    )


def _one(page: Page, form: Form | None) -> Response:
    client = page.need(READ, api_client_id=page.ids["api_client_id"])
    zone = page.me["organization"]["time_zone"]
    stored_end = view.day_of(client["expires_at"], zone)
    stored = Form.of(client, expires_at=stored_end)
    shown = form or stored
    return page.show(
        "staff/api_client.html",
        422 if form else 200,
        client=client,
        row=view.row_of(client, zone, clock.now()),
        form=shown,
        areas=view.areas(page.can, shown.all("permissions")),
        words=view.in_words(client["permissions"]),
        overlaps=view.OVERLAPS,
        stored_end=stored_end,
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /settings/api-clients": show_api_clients,
    "GET /settings/api-clients/new": show_new,
    "POST /settings/api-clients/new": add,
    "GET /settings/api-clients/{api_client_id}": show_api_client,
    "POST /settings/api-clients/{api_client_id}": change,
    "POST /settings/api-clients/{api_client_id}/rotate": rotate,
    "POST /settings/api-clients/{api_client_id}/revoke": revoke,
}
