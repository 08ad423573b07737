"""One appointment: what it is, what became of it, moving it, changing what was booked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response

from gateway.route_table.pages import WEB
from gateway.web import text
from gateway.web.agenda.asked import PATH
from gateway.web.agenda.cards import NOBODY, STATUSES
from gateway.web.agenda.pages import AROUND, BILLED, CHANGES, READS_INVOICES, Around, around_of, now_of
from gateway.web.agenda.words import history_of
from gateway.web.conflicts import conflict_of, over
from gateway.web.forms import Form, Text, Whole, body_of
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.rendering import url

ONE: Final = "GET /appointments/{appointment_id}"
HISTORY: Final = "GET /appointments/{appointment_id}/history"
LOOKUP: Final = "POST /clients/lookup"
SET_STATUS: Final = "POST /appointments/{appointment_id}/status"
CHANGE: Final = "PATCH /appointments/{appointment_id}"
OVERRIDE: Final = "appointments:override"
HISTORY_LISTED: Final = 50
# What one says became of it, before it begins and after.
AHEAD: Final = (
    ("booked", "Booked"),
    ("confirmed", "Confirmed"),
    ("late_cancelled", "Late cancel"),
    ("cancelled", "Cancel"),
)
AFTER: Final = (("arrived", "Kept"), ("no_show", "No-show"), ("late_cancelled", "Late cancel"), ("cancelled", "Cancel"))
INVOICES: Final = {
    "draft": "Draft invoice",
    "open": "Invoice issued",
    "partially_paid": "Invoice partly paid",
    "paid": "Invoice paid",
    "void": "Invoice void",
    "written_off": "Invoice written off",
}
WORDS: Final = {"starts_at_local": "Start", "duration_minutes": "Length", "staff_id": "Clinician"}
REFUSED: Final = (403, 409, 422)
_PAGES: Final = {row.name: row for row in WEB}


def show_appointment(page: Page) -> Response:
    """The panel of the agenda; on a plain visit, a page."""
    return _panel(page)


def set_status(page: Page) -> Response:
    """What became of it. Said in a toast with Undo, for it is done with one press."""
    before = page.need(ONE, appointment_id=_id(page))["status"]
    status, reason = page.form.text("status"), page.form.text("reason").strip() or None
    body: dict[str, Any] = {"status": status, "reason": reason}
    if page.form.text("override_reason").strip():
        body["override"] = {"reason": page.form.text("override_reason").strip()}
    answer = page.ask(SET_STATUS, appointment_id=_id(page), body=body)
    if not answer.ok and answer.status not in REFUSED:
        return page.problem(answer)
    if not page.is_fragment:
        if not answer.ok:
            return _panel(page, refused=answer)
        return page.leave(_path(page), "status_set")
    quietly = page.form.ticked("by_key") or page.form.ticked("undoing")
    response = Response(status=204) if quietly else _panel(page, refused=None if answer.ok else answer)
    if not answer.ok:
        return _telling(response, toast={"text": f"{answer.detail} Nothing was changed."})
    said: dict[str, Any] = {"text": "Undone." if page.form.ticked("undoing") else f"{STATUSES[status][0]}."}
    if before != status and not page.form.ticked("undoing"):
        values = {"status": before, "undoing": "1"}
        said["undo"] = {"path": f"{_path(page)}/status", "values": values, "target": "#appointment-panel"}
    return _telling(response, toast=said, agendaChanged={})


def move(page: Page) -> Response:
    """Another time or length by a drag or by keys, and its undoing; the agenda then looks again."""
    inputs = (Text("starts_at_local"), Whole("duration_minutes"), Text("staff_id"))
    body, form = body_of(page.form, inputs)
    before = page.need(ONE, appointment_id=_id(page))
    answer = None if form.errors else page.ask(CHANGE, appointment_id=_id(page), body=body)
    if answer is None or (not answer.ok and answer.status not in REFUSED):
        return page.problem(answer or ApiResponse(422, {"detail": "That time could not be read."}))
    if not page.is_fragment:
        return page.leave(_path(page), "moved") if answer.ok else _panel(page, refused=answer)
    if not answer.ok:
        said: dict[str, Any] = {"text": f"{reason_of(answer)} Nothing was moved."}
        if answer.code == "conflict" and page.can(OVERRIDE):
            said["undo"] = {"words": "Look at it", "href": url(f"{_path(page)}/edit", **body)}
        return _telling(Response(status=204), toast=said, agendaChanged={})
    local = datetime.fromisoformat(answer.value["starts_at_local"])
    said = {"text": f"Moved to {text.day(local.date())}, {text.clock_time(local)}."}
    if page.form.ticked("undoing"):
        said = {"text": "Moved back."}
    elif answer.value["version"] != before["version"]:
        values = {name: before[name] for name in ("starts_at_local", "duration_minutes", "staff_id")}
        said["undo"] = {"path": f"{_path(page)}/move", "values": {**values, "undoing": "1"}, "target": "#agenda"}
    return _telling(Response(status=204), toast=said, agendaChanged={})


def show_edit(page: Page) -> Response:
    """The form that changes what was booked, with what the address asks for already in it."""
    return _edit(page)


def save(page: Page) -> Response:
    """Change what was booked: only what was typed otherwise is sent."""
    stored = page.need(ONE, appointment_id=_id(page))
    body, form = body_of(_with_start(page.form), _INPUTS)
    if form.errors:
        return _edit(page, form, stored=stored, status=422)
    body["telehealth"] = form.ticked("telehealth")
    changed = {name: value for name, value in body.items() if value != _comparable(stored, name)}
    if form.text("override_reason").strip():
        changed["override"] = {"reason": form.text("override_reason").strip()}
    answer = page.ask(CHANGE, appointment_id=_id(page), body=changed, headers=form.sent)
    if answer.ok:
        day = answer.value["starts_at_local"][:10]
        return page.leave(PATH, "stranger_booked" if answer.value["warnings"] else "appointment_changed", on=day)
    if answer.status == 412:
        return _edit(page, form, stored=stored, status=412)
    if answer.status not in REFUSED:
        return page.problem(answer)
    return _edit(page, refused(form, answer), stored=stored, taken=answer, status=422)


_INPUTS: Final = (
    Text("starts_at_local"),
    Whole("duration_minutes"),
    Text("staff_id"),
    Text("service_type_id"),
    Text("location_id", blank="null"),
)


def _with_start(form: Form) -> Form:
    """With day and time put together, as the API takes them."""
    return Form({**form.values, "starts_at_local": (f"{form.text('on')}T{form.text('at')}",)}, once=form.once)


def _comparable(stored: Mapping[str, Any], name: str) -> Any:
    return bool(stored[name]) if name == "telehealth" else stored[name]


def refused(form: Form, answer: ApiResponse) -> Form:
    """What the API says beside the inputs: of the start beside the time, of the clients beside the picker."""
    beside = {"starts_at_local": "at", "client_ids": "client"}
    told = {**answer.value, "errors": [dict(one) for one in answer.value.get("errors", [])]}
    for one in told["errors"]:
        one["field"] = beside.get(one.get("field", "").split(".")[0], one.get("field", ""))
    if answer.code == "conflict":  # who is busy is said in the banner, once
        told["errors"] = []
    return form.refused(told)


def reason_of(answer: ApiResponse) -> str:
    """Who is busy, or what else is in the way."""
    details = dict.fromkeys(one["detail"] for one in answer.value.get("errors", []) if one.get("detail"))
    return " ".join(details) or answer.detail


def _edit(
    page: Page,
    form: Form | None = None,
    *,
    stored: Mapping[str, Any] | None = None,
    taken: ApiResponse | None = None,
    status: int = 200,
) -> Response:
    stored = stored or page.need(ONE, appointment_id=_id(page))
    around, clients, _ = _around(page, stored)
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
        taken=reason_of(taken) if taken is not None and taken.code == "conflict" else None,
        overrides=page.can(OVERRIDE),
        one=stored,
        clients=clients,
        path=_path(page),
        **choices(around, stored),
    )


def choices(around: Around, stored: Mapping[str, Any] | None = None) -> dict[str, Sequence[tuple[str, str]]]:
    """What the forms offer: clinicians, services and places in use, and those that an appointment has."""
    has = stored or {"staff_id": "", "service_type_id": "", "location_id": ""}
    names = around.names
    people = [*around.clinicians, *(one for one in names.staff.values() if one["id"] == has["staff_id"])]
    return {
        "clinicians": list(dict.fromkeys((one["id"], names.clinician(one["id"])) for one in people)),
        "services": [
            (one["id"], f"{one['name']} ({one['code']}), {one['duration_minutes']} min")
            for one in names.services.values()
            if one["active"] or one["id"] == has["service_type_id"]
        ],
        "locations": [
            ("", "No location"),
            *((o["id"], o["name"]) for o in names.locations.values() if o["active"] or o["id"] == has["location_id"]),
        ],
    }


def _panel(page: Page, refused: ApiResponse | None = None) -> Response:
    one = page.need(ONE, appointment_id=_id(page))
    questions = {HISTORY: Question(HISTORY, {"appointment_id": one["id"]}, {"limit": HISTORY_LISTED})}
    if page.can(READS_INVOICES):
        questions[BILLED] = Question(BILLED, body={"appointment_ids": [one["id"]]})
    around, clients, answers = _around(page, one, **questions)
    history, billed = answers[HISTORY], answers.get(BILLED)
    now = now_of(page)
    begun = datetime.fromisoformat(one["starts_at"]) <= now
    local = datetime.fromisoformat(one["starts_at_local"])
    ends = datetime.fromisoformat(one["ends_at"]).astimezone(ZoneInfo(one["time_zone"]))
    zone = page.me["organization"]["time_zone"]
    return page.show(
        "agenda/_panel.html" if page.is_fragment else "agenda/appointment.html",
        409 if refused is not None else 200,
        one=one,
        clients=clients,
        hue=text.hue(one["staff_id"]),
        clinician=around.names.clinician(one["staff_id"]),
        service=around.names.service(one["service_type_id"]),
        place=around.names.place(one),
        when=f"{text.day(local.date(), now.date())}, {text.clock_time(local)} – {text.clock_time(ends)}",
        other_zone="" if one["time_zone"] == zone else one["time_zone"].replace("_", " "),
        word=STATUSES[one["status"]],
        statuses=AFTER if begun else AHEAD,
        begun=begun,
        changes=page.can(CHANGES) and not one["documented"],
        refused=refused,
        overrides=page.can(OVERRIDE),
        history=history_of(history.value["items"], around.names, zone, now) if history.ok else None,
        path=_path(page),
        invoices={each["client_id"]: each for each in billed.value["items"]} if billed and billed.ok else {},
        shows_invoices=_may(page, "GET /invoices/{invoice_id}"),
        invoice_words=INVOICES,
        day=one["starts_at_local"][:10],
        charts=_may(page, "GET /clients/{client_id}"),
        writes=_may(page, "POST /notes/new") and one["status"] in ("booked", "confirmed", "arrived") and begun,
    )


def _around(
    page: Page, one: Mapping[str, Any], **questions: Question
) -> tuple[Around, list[dict[str, Any]], Mapping[str, ApiResponse]]:
    """Names of everything around, the clients by name as far as the person may know of them, and further answers."""
    body = {"ids": list(one["client_ids"])}
    answers = page.ask_all(**AROUND, **{LOOKUP: Question(LOOKUP, body=body)}, **questions)
    looked_up = answers[LOOKUP].value["items"] if answers[LOOKUP].ok else []
    names = {each["id"]: each["name"] for each in looked_up}
    clients = [{"id": each, "name": names.get(each) or NOBODY} for each in one["client_ids"]]
    return around_of(answers), clients, answers


def _may(page: Page, row: str) -> bool:
    return row in _PAGES and page.can(_PAGES[row].permission)


def _telling(response: Response, **events: Any) -> Response:
    """With what the page is told besides: a toast, or that the agenda changed."""
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def _id(page: Page) -> str:
    return page.ids["appointment_id"]


def _path(page: Page) -> str:
    return f"{PATH}/appointments/{_id(page)}"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /agenda/appointments/{appointment_id}": show_appointment,
    "POST /agenda/appointments/{appointment_id}/status": set_status,
    "POST /agenda/appointments/{appointment_id}/move": move,
    "GET /agenda/appointments/{appointment_id}/edit": show_edit,
    "POST /agenda/appointments/{appointment_id}/edit": save,
}
