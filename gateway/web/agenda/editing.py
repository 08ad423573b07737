"""Changing what was booked: the form, and what the API says of it beside the inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from gateway.web.agenda.around import around_appointment, choices, with_staff
from gateway.web.agenda.asked import PATH
from gateway.web.conflicts import conflict_of, over
from gateway.web.forms import Form, Text, Whole, body_of
from gateway.web.page import ApiResponse, Page
from shared.web.sentences import REQUIRED

ONE: Final = "GET /appointments/{appointment_id}"
CHANGE: Final = "PATCH /appointments/{appointment_id}"
OVERRIDE: Final = "appointments:override"
WORDS: Final = {"starts_at_local": "Start", "duration_minutes": "Length", "staff_id": "Clinician"}
REFUSED: Final = (403, 409, 422)
CLOSED: Final = frozenset({"outside_hours", "holiday"})  # why nobody is busy, and it is a conflict all the same
_INPUTS: Final = (
    Text("starts_at_local"),
    Whole("duration_minutes"),
    Text("staff_id"),
    Text("service_type_id"),
    Text("location_id", blank="null"),
)


def show_edit(page: Page) -> Response:
    """The form that changes what was booked, with what the address asks for already in it."""
    return _edit(page)


def save(page: Page) -> Response:
    """Change what was booked: only what was typed otherwise is sent."""
    stored = page.need(ONE, appointment_id=id_of(page))
    body, form = body_of(with_start(page.form), _INPUTS)
    if form.errors:
        return _edit(page, form, stored=stored, status=422)
    body["telehealth"] = form.ticked("telehealth")
    changed = {name: value for name, value in body.items() if value != _comparable(stored, name)}
    if form.text("override_reason").strip():
        changed["override"] = {"reason": form.text("override_reason").strip()}
    reply = page.ask(CHANGE, appointment_id=id_of(page), body=changed, headers=form.sent)
    if reply.ok:
        day = reply.value["starts_at_local"][:10]
        return page.leave(PATH, "stranger_booked" if reply.value["warnings"] else "appointment_changed", on=day)
    if reply.status == 412:
        return _edit(page, form, stored=stored, status=412)
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _edit(page, refused(form, reply), stored=stored, taken=reply, status=422)


def refused(form: Form, reply: ApiResponse) -> Form:
    """What the API says beside the inputs: of the start beside the time, of the clients beside the picker."""
    beside = {"starts_at_local": "at", "client_ids": "client"}
    problem = {**reply.value, "errors": [dict(error) for error in reply.value.get("errors", [])]}
    for error in problem["errors"]:
        error["field"] = beside.get(error.get("field", "").split(".")[0], error.get("field", ""))
    if reply.code == "conflict":  # what is in the way is said in the banner, once
        problem["errors"] = []
    return form.refused(problem)


@dataclass(frozen=True, slots=True)
class Taken:
    """Why a time cannot be had, as the banner of the form says it."""

    title: str
    words: str


def taken_of(reply: ApiResponse | None) -> Taken | None:
    """What is in the way, where the API refused for that."""
    if reply is None or reply.code != "conflict":
        return None
    closed = {error.get("code") for error in reply.value.get("errors", [])} <= CLOSED
    return Taken("The practice is closed then." if closed else "This time is taken.", reason_of(reply))


def reason_of(reply: ApiResponse) -> str:
    """Who is busy, or what else is in the way."""
    details = dict.fromkeys(error["detail"] for error in reply.value.get("errors", []) if error.get("detail"))
    return " ".join(details) or reply.detail


def with_start(form: Form) -> Form:
    """With day and time put together, as the API takes them; what is blank is said beside its own input."""
    blank = {name: REQUIRED for name in ("on", "at") if not form.text(name)}
    values = {**form.values, "starts_at_local": (f"{form.text('on')}T{form.text('at')}",)}
    return Form(values, once=form.once).wrong(**blank)


def _comparable(stored: Mapping[str, Any], name: str) -> Any:
    return bool(stored[name]) if name == "telehealth" else stored[name]


def _edit(
    page: Page,
    form: Form | None = None,
    *,
    stored: Mapping[str, Any] | None = None,
    taken: ApiResponse | None = None,
    status: int = 200,
) -> Response:
    stored = stored or page.need(ONE, appointment_id=id_of(page))
    around, clients, _ = around_appointment(page, stored)
    shown = Form.of({**stored, "on": stored["starts_at_local"][:10], "at": stored["starts_at_local"][11:16]})
    conflict = None
    if form is None:
        wanted = {name: (value,) for name, value in page.query.items() if name in WORDS}
        if "starts_at_local" in page.query:
            wanted |= {"on": (page.query["starts_at_local"][:10],), "at": (page.query["starts_at_local"][11:16],)}
        form = Form({**shown.values, **wanted})
    elif status == 412:
        conflict = conflict_of(form, shown, WORDS)
        form = over(form, stored["version"])
    return page.show(
        "agenda/edit.html",
        status,
        form=form,
        conflict=conflict,
        taken=taken_of(taken),
        overrides=page.can(OVERRIDE),
        appointment=stored,
        clients=clients,
        path=path_of(page),
        **choices(with_staff(page, around, form.all("staff_id")), stored),
    )


def id_of(page: Page) -> str:
    """The id of the appointment that the page is about."""
    return page.ids["appointment_id"]


def path_of(page: Page) -> str:
    """Where it stands."""
    return f"{PATH}/appointments/{id_of(page)}"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /agenda/appointments/{appointment_id}/edit": show_edit,
    "POST /agenda/appointments/{appointment_id}/edit": save,
}
