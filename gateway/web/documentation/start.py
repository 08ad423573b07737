"""Starting a note about a session, and correcting a signed one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.clients.views import marks
from gateway.web.documentation import formats, views
from gateway.web.documentation.around import NOTE, SERVICES_MAX, around
from gateway.web.documentation.billed import bills_alike
from gateway.web.documentation.note import LIST
from gateway.web.forms import Form, Text, Whole, body_of
from gateway.web.page import Page

WRITE: Final = "POST /appointments/{appointment_id}/notes"
CASES: Final = "GET /clients/{client_id}/cases"
LOOKED_THROUGH: Final = 100  # newest notes of a case, for the one that is about the session already
FIRST: Final = "soap"
AMEND: Final = "POST /notes/{note_id}/amendments"
REFUSED: Final = (403, 409, 412, 422)


def start(page: Page) -> Response:
    """Begin a draft about one client of a session, or go to the note that there is."""
    form = page.form
    appointment_id, client_id = form.text("appointment_id"), form.text("client_id")
    body: dict[str, Any] = {"client_id": client_id, "template": form.text("template") or FIRST, "content": {}}
    if form.text("case_id"):
        body["case_id"] = form.text("case_id")
    if form.text("case_name").strip():
        opened = page.ask("POST /cases", body={"client_id": client_id, "name": form.text("case_name")})
        if not opened.ok:
            return _choose_case(page, form.refused(opened.value), client_id, 422)
        body["case_id"] = opened.value["id"]
    reply = page.ask(WRITE, appointment_id=appointment_id, body=body)
    if reply.ok:
        return page.leave(f"{LIST}/{reply.value['id']}")
    if reply.code == "note_exists":
        found = _about(page, appointment_id, client_id)
        return page.leave(f"{LIST}/{found}") if found else page.problem(reply)
    if reply.code in ("case_needed", "case_closed"):
        return _choose_case(page, form, client_id, 200)
    return page.problem(reply)


def _choose_case(page: Page, form: Form, client_id: str, status: int) -> Response:
    cases = [case for case in _cases(page, client_id) if case["status"] == "open"]
    return page.show("documentation/choose_case.html", status, form=form, cases=cases)


def _about(page: Page, appointment_id: str, client_id: str) -> str | None:
    """The note about a session of a client, in whichever of the client's cases it is."""
    for case in _cases(page, client_id):
        notes = page.ask("GET /cases/{case_id}/notes", case_id=case["id"], limit=LOOKED_THROUGH)
        for note in notes.value["items"] if notes.ok else ():
            if note["appointment_id"] == appointment_id and note["status"] != "discarded":
                return str(note["id"])
    return None


def _cases(page: Page, client_id: str) -> Sequence[Mapping[str, Any]]:
    reply = page.ask(CASES, client_id=client_id, limit=LOOKED_THROUGH)
    return reply.value["items"] if reply.ok else ()


def show_amendment(page: Page) -> Response:
    """What a signed note says now, to be corrected by its next version."""
    return _amendment(page, None)


def amend(page: Page) -> Response:
    """Sign the next version. What was not changed is not sent."""
    note = page.need(NOTE, note_id=page.ids["note_id"])
    inputs = (Text("reason", blank="keep"), Whole("minutes"), Text("service_type_id"))
    body, form = body_of(page.form, inputs)
    if form.errors:
        return _amendment(page, form, 422)
    body["content"] = {
        slug: typed
        for slug, _, _ in formats.FORMATS[note["template"]][1]
        if (typed := form.text(formats.SECTION + slug).replace("\r\n", "\n")) != note["content"].get(slug, "")
    } or None
    if body.get("minutes") == note["minutes"]:
        del body["minutes"]
    if note["versions"] and body.get("service_type_id") == note["versions"][-1]["service_type_id"]:
        del body["service_type_id"]
    reply = page.ask(AMEND, note_id=note["id"], body=body, headers=form.sent)
    if reply.ok:
        versions = reply.value["versions"]
        alike = len(versions) == len(note["versions"]) + 1 and bills_alike(versions[-2], versions[-1])
        return page.leave(f"{LIST}/{note['id']}", "note_amended_unbilled" if alike else "note_amended")
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _amendment(page, form.refused(reply.value), 422)


def _amendment(page: Page, form: Form | None, status: int = 200) -> Response:
    note = page.need(NOTE, note_id=page.ids["note_id"])
    beside = around(page, note)
    stored = views.form_of(note, beside.zone)
    version = note["versions"][-1] if note["versions"] else {}
    values = {**stored.values, "service_type_id": (version.get("service_type_id", ""),)}
    return page.show(
        "documentation/amend.html",
        status,
        note=note,
        path=f"{LIST}/{note['id']}",
        marks=marks(beside.client) if beside.client else "Client",
        form=form or Form(values=values),
        sections=formats.sections_of(note["template"], note["content"]),
        services=[
            (service["id"], f"{service['code']} {service['name']}")
            for service in list(beside.services.values())[:SERVICES_MAX]
            if service["active"] or service["id"] == version.get("service_type_id")
        ],
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "POST /notes/new": start,
    "GET /notes/{note_id}/amend": show_amendment,
    "POST /notes/{note_id}/amend": amend,
}
