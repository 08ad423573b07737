"""The practice's own fields of clients: the list, adding one, changing one with its choices, archiving it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from gateway.web.conflicts import Conflict, conflict_of, over
from gateway.web.forms import Form, Input, Text, Tick, Whole, body_of
from gateway.web.page import ApiResponse, Page
from gateway.web.settings import client_field_views as views
from gateway.web.weekly_hours import at_inputs

PATH: Final = "/settings/client-fields"
LIST: Final = "GET /client-fields"
ADD: Final = "POST /client-fields"
ONE: Final = "GET /client-fields/{client_field_id}"
CHANGE: Final = "PATCH /client-fields/{client_field_id}"
LISTED: Final = 200  # more there cannot be
INPUTS: Final[tuple[Input, ...]] = (Text("name", blank="keep"), Whole("position"), Tick("on_new_client"))
REFUSED: Final = (403, 409, 412, 422)


def show_fields(page: Page) -> Response:
    """All fields, those that are archived too."""
    rows = views.field_rows(page.need(LIST, limit=LISTED)["items"])
    return page.show("settings/client_fields.html", rows=rows)


def show_new(page: Page) -> Response:
    """An empty form."""
    return _new(page, Form(values={"type": ("text",)}))


def add_field(page: Page) -> Response:
    """Add a field. Choices are a line each."""
    body, form = body_of(page.form, (*INPUTS, Text("type")))
    if form.errors:
        return _new(page, form, 422)
    if body.get("type") == "choice":
        body["choices"] = [{"name": name} for name in views.lines(form.text("choices"))]
    reply = page.ask(ADD, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(PATH, "client_field_added")
    return _new(page, _refused(page, form, reply.value, reply), 422)


def _new(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("settings/client_field_new.html", status, form=form, types=tuple(views.TYPES.items()))


def show_field(page: Page) -> Response:
    """One field."""
    return _field(page)


def save_field(page: Page) -> Response:
    """Change a field and its choices. Its type stays."""
    body, form = body_of(page.form, INPUTS)
    if form.errors:
        return _field(page, form, 422)
    choices, places = views.choices_of(form)
    if form.ticked("has_choices"):
        body["choices"] = choices
    reply = page.ask(CHANGE, client_field_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{PATH}/{_id(page)}", "saved")
    if reply.status == 412:
        return _field(page, form, 412)
    return _field(page, _refused(page, form, at_inputs(reply.value, "choices", places, whole="name"), reply), 422)


def set_state(page: Page) -> Response:
    """Archive a field, or take it back."""
    active = page.form.ticked("active")
    done = "client_field_restored" if active else "client_field_archived"
    return page.change(CHANGE, f"{PATH}/{_id(page)}", done, body={"archived": not active}, client_field_id=_id(page))


def _field(page: Page, form: Form | None = None, status: int = 200) -> Response:
    field = page.need(ONE, client_field_id=_id(page))
    stored = views.form_of_field(field)
    conflict: Conflict | None = None
    if form is not None and status == 412:
        conflict = conflict_of(form, stored, views.WORDS)
        form = over(form, field["version"])
    form = form or stored
    return page.show(
        "settings/client_field.html",
        status,
        field=field,
        state={"active": not field["archived"], "version": field["version"]},
        form=form,
        conflict=conflict,
        type=views.TYPES[field["type"]],
        choices=range(views.rows_of_choices(form)),
    )


def _refused(page: Page, form: Form, problem: Mapping[str, Any], reply: ApiResponse) -> Form:
    if reply.status not in REFUSED:
        page.problem(reply)
    return form.refused(problem, "choices")


def _id(page: Page) -> str:
    return page.ids["client_field_id"]
