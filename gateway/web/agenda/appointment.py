"""One appointment: what it is, what became of it, and moving it. All of it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response

from gateway.route_table.pages import WEB
from gateway.web import text
from gateway.web.agenda.around import around_appointment, now_of
from gateway.web.agenda.cards import STATUSES
from gateway.web.agenda.editing import CHANGE, ONE, OVERRIDE, REFUSED, id_of, path_of, reason_of
from gateway.web.agenda.pages import BILLED, CHANGES, READS_INVOICES
from gateway.web.agenda.roster import ROSTER, WRITTEN, member_of, roster_of
from gateway.web.agenda.roster import question as roster_question
from gateway.web.agenda.words import history_of
from gateway.web.bookable_groups import MANAGES, narrowed
from gateway.web.forms import Text, Whole, body_of
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.rendering import url
from shared.texts import whole_number

HISTORY: Final = "GET /appointments/{appointment_id}/history"
SET_STATUS: Final = "POST /appointments/{appointment_id}/status"
HISTORY_LISTED: Final = 50
TRIES_MAX: Final = 10  # a second apart; a draft that takes longer is said to be late
TRIES_DIGITS_MAX: Final = 3
# What one says became of it, before it begins and after.
AHEAD: Final = (
    ("booked", "Booked"),
    ("confirmed", "Confirmed"),
    ("late_cancelled", "Late cancel"),
    ("cancelled", "Cancel"),
)
AFTER: Final = (("arrived", "Kept"), ("no_show", "No-show"), ("late_cancelled", "Late cancel"), ("cancelled", "Cancel"))
INVOICES: Final = {
    "draft": "The draft invoice was made",
    "open": "Invoice issued",
    "partially_paid": "Invoice partly paid",
    "paid": "Invoice paid",
    "void": "Invoice void",
    "written_off": "Invoice written off",
}
_PAGES: Final = {row.name: row for row in WEB}


def show_appointment(page: Page) -> Response:
    """The panel of the agenda; on a plain visit, a page."""
    return _panel(page)


def set_status(page: Page) -> Response:
    """What became of it. Said in a toast with Undo, for it is done with one press."""
    client_id = page.form.text("client_id")  # of a group's session: for whom, or empty for everybody
    of_one = member_of(page, id_of(page), client_id) if client_id else {}
    before = of_one["status"] if of_one else page.need(ONE, appointment_id=id_of(page))["status"]
    status, reason = page.form.text("status"), page.form.text("reason").strip() or None
    body: dict[str, Any] = {"status": status, "reason": reason, "client_id": client_id or None}
    if page.form.text("override_reason").strip():
        body["override"] = {"reason": page.form.text("override_reason").strip()}
    reply = page.ask(SET_STATUS, appointment_id=id_of(page), body=body)
    if not reply.ok and reply.status not in REFUSED:
        return page.problem(reply)
    if not page.is_fragment:
        if not reply.ok:
            return _panel(page, refused=reply)
        return page.leave(path_of(page), "status_set")
    quietly = page.form.ticked("by_key")
    response = Response(status=204) if quietly else _panel(page, refused=None if reply.ok else reply)
    if not quietly:  # a toast's button exchanges the whole panel for what comes; the roster goes inside
        response.headers["HX-Reswap"] = "innerHTML"
    if not reply.ok:
        return _telling(response, toast={"text": f"{reply.detail} Nothing was changed."})
    whose = f"{of_one['name']}: " if of_one and of_one["name"] else ""
    toast: dict[str, Any] = {"text": "Undone." if page.form.ticked("undoing") else f"{whose}{STATUSES[status][0]}."}
    if before != status and not page.form.ticked("undoing"):
        values = {"status": before, "undoing": "1", "client_id": client_id, "by_key": page.form.text("by_key")}
        toast["undo"] = {"path": f"{path_of(page)}/status", "values": values, "target": "#appointment-panel"}
    return _telling(response, toast=toast, agendaChanged={})


def move(page: Page) -> Response:
    """Another time or length by a drag or by keys, and its undoing; the agenda then looks again."""
    inputs = (Text("starts_at_local"), Whole("duration_minutes"), Text("staff_id"))
    body, form = body_of(page.form, inputs)
    before = page.need(ONE, appointment_id=id_of(page))
    reply = None if form.errors else page.ask(CHANGE, appointment_id=id_of(page), body=body)
    if reply is None or (not reply.ok and reply.status not in REFUSED):
        return page.problem(reply or ApiResponse(422, {"detail": "That time could not be read."}))
    if not page.is_fragment:
        return page.leave(path_of(page), "moved") if reply.ok else _panel(page, refused=reply)
    if not reply.ok:
        toast: dict[str, Any] = {"text": f"{reason_of(reply)} Nothing was moved."}
        if reply.code == "conflict" and page.can(OVERRIDE):
            toast["undo"] = {"words": "Look at it", "href": url(f"{path_of(page)}/edit", **body)}
        return _telling(Response(status=204), toast=toast, agendaChanged={})
    local = datetime.fromisoformat(reply.value["starts_at_local"])
    toast = {"text": f"Moved to {text.day(local.date())}, {text.clock_time(local)}."}
    if page.form.ticked("undoing"):
        toast = {"text": "Moved back."}
    elif reply.value["version"] != before["version"]:
        values = {name: before[name] for name in ("starts_at_local", "duration_minutes", "staff_id")}
        toast["undo"] = {"path": f"{path_of(page)}/move", "values": {**values, "undoing": "1"}, "target": "#agenda"}
    return _telling(Response(status=204), toast=toast, agendaChanged={})


def _panel(page: Page, refused: ApiResponse | None = None) -> Response:
    appointment = page.need(ONE, appointment_id=id_of(page))
    questions = {HISTORY: Question(HISTORY, {"appointment_id": appointment["id"]}, {"limit": HISTORY_LISTED})}
    if page.can(READS_INVOICES):
        questions[BILLED] = Question(BILLED, body={"appointment_ids": [appointment["id"]]})
    if appointment["group_id"] is not None:
        questions[ROSTER] = roster_question(appointment["id"])
    around, clients, answers = around_appointment(page, appointment, **questions)
    history, billed = answers[HISTORY], answers.get(BILLED)
    now = now_of(page)
    begun = datetime.fromisoformat(appointment["starts_at"]) <= now
    local = datetime.fromisoformat(appointment["starts_at_local"])
    ends = datetime.fromisoformat(appointment["ends_at"]).astimezone(ZoneInfo(appointment["time_zone"]))
    zone = page.me["organization"]["time_zone"]
    writes = _may(page, "POST /notes/new") and begun
    group_id = appointment["group_id"]
    return page.show(
        "agenda/_panel.html" if page.is_fragment else "agenda/appointment.html",
        409 if refused is not None else 200,
        appointment=appointment,
        clients=clients,
        hue=around.names.hue(appointment["staff_id"]),
        clinician=around.names.clinician(appointment["staff_id"]),
        service=around.names.service(appointment["service_type_id"]),
        place=around.names.place(appointment),
        when=f"{text.day(local.date(), now.date())}, {text.clock_time(local)} – {text.clock_time(ends)}",
        other_zone="" if appointment["time_zone"] == zone else appointment["time_zone"].replace("_", " "),
        word=STATUSES[appointment["status"]],
        statuses=AFTER if begun else AHEAD,
        begun=begun,
        changes=page.can(CHANGES) and not appointment["documented"],
        refused=refused,
        overrides=page.can(OVERRIDE),
        history=history_of(history.value["items"], around.names, zone, now) if history.ok else None,
        path=path_of(page),
        invoices={each["client_id"]: each for each in billed.value["items"]} if billed and billed.ok else {},
        tries=whole_number(page.query.get("tries", ""), digits_max=TRIES_DIGITS_MAX) or 0,
        tries_max=TRIES_MAX,
        drafting=bool(billed and billed.ok and appointment["documented"]),
        shows_invoices=_may(page, "GET /invoices/{invoice_id}"),
        invoice_words=INVOICES,
        day=appointment["starts_at_local"][:10],
        charts=_may(page, "GET /clients/{client_id}"),
        pays=_may(page, "GET /payments/new"),
        again=_again(page, appointment),
        writes=writes and appointment["status"] in WRITTEN,
        group=(around.names.groups.get(group_id) or "A group") if group_id else "",
        roster=roster_of(answers[ROSTER], zone, now, writes=writes) if group_id else None,
        adds=page.can(MANAGES) and not narrowed(page),
        refused_for=page.form.text("client_id"),
    )


def _again(page: Page, appointment: Mapping[str, Any]) -> str:
    """Where the same is booked once more: for a group or one client; empty for who may not, or for several clients."""
    if not _may(page, "POST /agenda/new") or (appointment["group_id"] is None and len(appointment["client_ids"]) != 1):
        return ""
    return url("/agenda/new", like=appointment["id"])


def _may(page: Page, row: str) -> bool:
    return row in _PAGES and page.can(_PAGES[row].permission)


def _telling(response: Response, **events: Any) -> Response:
    """With what the page is told besides: a toast, or that the agenda changed."""
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /agenda/appointments/{appointment_id}": show_appointment,
    "POST /agenda/appointments/{appointment_id}/status": set_status,
    "POST /agenda/appointments/{appointment_id}/move": move,
}
