"""Saving a draft: by the button, and by the script while somebody writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import orjson
from flask import Response

from gateway.web import text
from gateway.web.conflicts import conflict_of, over
from gateway.web.documentation import formats, views
from gateway.web.documentation.around import APPOINTMENT, NOTE
from gateway.web.documentation.note import shown
from gateway.web.forms import Form, Input, Many, Text, Whole, body_of
from gateway.web.page import ApiResponse, Page
from shared import clock

CHANGE: Final = "PATCH /notes/{note_id}"
GIVEN: Final[tuple[Input, ...]] = (
    Whole("minutes"),
    Text("started_at_local", blank="null"),
    Text("place_of_service", blank="null"),
    Text("telehealth", blank="null"),
    Many("add_on_service_type_ids"),
    Many("goals"),
    Text("risk", blank="null"),
)
TELEHEALTH: Final = {"yes": True, "no": False}
BOTH: Final = "\n\n"  # between two texts that are both kept
TRIES: Final = 3


def save(page: Page) -> Response:
    """The whole form, by its button."""
    body, form = changes_of(page.form)
    if form.errors:
        return shown(page, status=422, draft=form)
    reply = _change(page, body, form.text("version"))
    if reply.ok:
        return page.leave(f"/notes/{page.ids['note_id']}", "saved")
    if reply.status == 412:
        note = page.need(NOTE, note_id=page.ids["note_id"])
        typed = over(form, note["version"])
        conflict = conflict_of(typed, _stored(page, note)[0], views.words_of(note["template"]))
        return shown(page, status=412, draft=typed, conflict=conflict)
    if reply.status in (409, 422):
        return shown(page, status=422, draft=form.refused(reply.value))
    return page.problem(reply)


def save_while_writing(page: Page) -> Response:
    """What was changed since the last time, for the script: it answers what the script has to know.

    `leaving`: nobody will be there for an answer, so both texts are kept where somebody else changed the same.
    """
    body, form = changes_of(page.form, page.form.all("changed"))
    reply = _change(page, body, form.text("version")) if body else page.ask(NOTE, note_id=page.ids["note_id"])
    state: dict[str, Any] = {"errors": dict(form.errors)}
    if reply.status == 412 and form.ticked("leaving"):
        reply = _keep_both(page, body)
        if reply.ok:
            state["stored"] = views.flat(_stored(page, reply.value)[0])
    if reply.ok:
        zone = page.me["organization"]["time_zone"]
        at = text.moment(clock.now().isoformat(), zone, clock.now()).partition(", ")[2]
        state |= {"version": reply.value["version"], "saved": f"Saved {at}"}
    elif reply.status == 412:
        note = page.need(NOTE, note_id=page.ids["note_id"])
        stored, booked = _stored(page, note)
        state |= {"version": note["version"], "stored": views.flat(stored), "status": note["status"], "booked": booked}
    else:
        state["errors"] |= form.refused(reply.value).errors
        state["detail"] = reply.detail
    response = Response(orjson.dumps(state), reply.status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def changes_of(form: Form, only: Collection[str] | None = None) -> tuple[dict[str, Any], Form]:
    """The body of a change, of all inputs or of `only` these; what cannot be read is left out, and said in the form."""
    body, form = body_of(form, [field for field in GIVEN if only is None or field.name in only])
    if "telehealth" in body:
        body["telehealth"] = TELEHEALTH.get(body["telehealth"])
    content = {
        name.removeprefix(formats.SECTION): form.text(name).replace("\r\n", "\n")
        for name in form.values
        if name.startswith(formats.SECTION) and (only is None or name in only)
    }
    return ({**body, "content": content} if content else body), form


def _change(page: Page, body: Mapping[str, Any], version: str) -> ApiResponse:
    headers = {"If-Match": f'"{version}"'} if version else {}
    return page.ask(CHANGE, note_id=page.ids["note_id"], body=body, headers=headers)


def _keep_both(page: Page, body: Mapping[str, Any]) -> ApiResponse:
    """The change over what is stored now: a section that is another now holds both texts."""
    reply = page.ask(NOTE, note_id=page.ids["note_id"])
    for _ in range(TRIES):
        if not reply.ok:
            return reply
        stored, version = reply.value["content"], reply.value["version"]
        content = {slug: both(typed, stored.get(slug, "")) for slug, typed in body.get("content", {}).items()}
        changed = _change(page, {**body, "content": content} if content else body, str(version))
        if changed.status != 412:
            return changed
        reply = page.ask(NOTE, note_id=page.ids["note_id"])
    return changed


def both(typed: str, stored: str) -> str:
    """Two texts as one, unless the one holds the other already."""
    if stored.strip() in typed:
        return typed
    return stored if typed.strip() in stored else stored.rstrip() + BOTH + typed


def _stored(page: Page, note: Mapping[str, Any]) -> tuple[Form, int | None]:
    """What is stored, and the version of the appointment; None: it is not known now."""
    appointment = page.ask(APPOINTMENT, appointment_id=note["appointment_id"])
    zone = appointment.value["time_zone"] if appointment.ok else page.me["organization"]["time_zone"]
    return views.form_of(note, zone), appointment.value["version"] if appointment.ok else None


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "POST /notes/{note_id}": save,
    "POST /notes/{note_id}/draft": save_while_writing,
}
