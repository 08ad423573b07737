"""One note: the editor while it is its author's draft, a document otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Response

from gateway.edge.door import PROVED_FOR
from gateway.route_table.pages import WEB
from gateway.web import text
from gateway.web.clients.views import birthday, marks
from gateway.web.conflicts import Conflict
from gateway.web.documentation import formats, views
from gateway.web.documentation.around import NOTE, Around, around, decides_on, last_note
from gateway.web.documentation.billed import billed
from gateway.web.documentation.goals import RISKS, goals_for
from gateway.web.documentation.happened import NEEDS, TRAIL, around_note
from gateway.web.forms import Form
from gateway.web.page import Page, Question
from gateway.web.people import is_reviewed
from gateway.web.places import OPTIONS
from shared import clock

LIST: Final = "/notes"
IN_HAND: Final = ("draft", "returned")  # what its author may write on
# Kind of work of a supervisor -> what it posts to, and its verb.
DECIDES: Final = {"to_approve": ("approve", "Approve"), "to_cosign": ("co-sign", "Co-sign")}
DIALOGS: Final = ("sign", "return", "discard", "reopen", "addendum", "format", "forward")
WAITING_MAX: Final = 100
INTAKE: Final = "/intake/{client_id}/diagnosis"
_PATHS: Final = frozenset(row.path for row in WEB if row.method == "GET")
# A proof that is about to be too old is asked for at once, so that nobody signs twice.
_SOON: Final = timedelta(seconds=30)


def show_note(page: Page) -> Response:
    """The note as it is."""
    return shown(page)


def shown(
    page: Page,
    forms: Mapping[str, Form] | None = None,
    status: int = 200,
    *,
    draft: Form | None = None,
    conflict: Conflict | None = None,
    prove: bool = False,
) -> Response:
    """The note with what came of something: `forms` by the name of their dialog, `draft` as it was typed."""
    note = page.need(NOTE, note_id=page.ids["note_id"])
    beside = around(page, note)
    author = page.me["staff"]["id"] == note["author_id"] and page.can("notes:update")
    left = author and note["status"] == "signed" and beside.notes is None  # its case is closed to them
    zone = page.me["organization"]["time_zone"]
    now = clock.now()
    forms = forms or {}
    values: dict[str, Any] = {
        "note": note,
        "here": LIST,
        "path": f"{LIST}/{note['id']}",
        "client": beside.client,
        "marks": marks(beside.client) if beside.client else "Client",
        "appointment": beside.appointment,
        "when": views.when(beside.appointment, now.date()) if beside.appointment else "",
        "service": beside.service,
        "state": views.state_of(note, _decides(page, note, beside)),
        "forms": {name: forms.get(name, Form()) for name in DIALOGS},
        "prove": prove or _proof_is_old(page),
        "own": author and not left,
        "left": left,
        "me_signs": views.full_name(page.me["staff"]),
        "history": views.history_of(note, beside.people, zone, now),
        "returned": _comment(note) if note["status"] == "returned" else "",
    }
    if author and note["status"] in IN_HAND:
        return _editor(page, note, beside, values, draft, conflict, status)
    return _document(page, note, beside, values, status)


def _editor(
    page: Page,
    note: Mapping[str, Any],
    beside: Around,
    values: dict[str, Any],
    draft: Form | None,
    conflict: Conflict | None,
    status: int,
) -> Response:
    now = clock.now()
    client_id = note["client_id"]
    fix = INTAKE.format(client_id=client_id) if INTAKE in _PATHS and page.can("diagnoses:create") else ""
    checks = views.checks_of(note, beside.appointment, beside.service, beside.diagnoses, now, fix)
    stored = views.form_of(note, beside.zone)
    form = draft or stored
    me = page.me["staff"]
    decided_by = _decided_by(me, note)
    supervisor = _supervisor(page, decided_by) if decided_by else None
    booked = beside.appointment["service_type_id"] if beside.appointment else None
    last = last_note(page, note, beside)
    goals = goals_for(page, note, beside.appointment)
    return page.show(
        "documentation/editor.html",
        status,
        **values,
        form=form,
        draft=form,
        conflict=conflict,
        sections=[
            formats.Section(section.slug, section.name, section.hint, form.text(formats.SECTION + section.slug))
            for section in formats.sections_of(note["template"], note["content"])
        ],
        format=formats.FORMATS[note["template"]][0],
        formats=formats.formats_but(note["template"]),
        checks=checks,
        open_checks=[check for check in checks if not check.done],
        last=last,
        last_on=text.day(views.service_date(last["appointment"]), now.date()) if last else "",
        supervised=decided_by is not None,
        supervisor=views.full_name(supervisor) if supervisor else "your supervisor",
        add_ons=[
            (service["id"], f"{service['code']} {service['name']}")
            for service in beside.services.values()
            if service["active"] and service["id"] != booked
        ],
        goals=[(goal.key, goal.description) for goal in goals],
        risks=RISKS,
        places=[("", "As it was booked"), *OPTIONS],
        telehealth=views.TELEHEALTH,
        amended=bool(note["versions"]),
        booked_version=beside.appointment["version"] if beside.appointment else "",
    )


def _document(page: Page, note: Mapping[str, Any], beside: Around, values: dict[str, Any], status: int) -> Response:
    version = note["versions"][-1] if note["versions"] and note["status"] == "signed" else None
    author = beside.people.get(note["author_id"])
    decides = _decision(page, note) if note["status"] == "submitted" and page.can("notes:sign") else None
    service = beside.services.get(version["service_type_id"]) if version else beside.service
    zone = page.me["organization"]["time_zone"]
    on = views.service_date(beside.appointment) if beside.appointment else None
    if beside.appointment:
        values["when"] = views.when(beside.appointment, None)  # it prints, and is read years later
    just_signed = page.query.get("signed") == "1" and version is not None
    readers = page.query.get("readers") == "1"
    if version is not None:
        more = around_note(page, note, zone, clock.now(), readers=readers)
        values["history"] = views.history_of(note, beside.people, zone, clock.now(), more)
    return page.show(
        "documentation/document.html",
        status,
        **values,
        version=version,
        content=formats.sections_of(note["template"], (version or note)["content"]),
        given=views.given_in_words(version, service) if version else "",
        goals=[goal["description"] for goal in (version or note)["goals"]],
        risk=dict(RISKS)[(version or note)["risk"] or ""] if (version or note)["risk"] else "",
        diagnoses=views.in_force(beside.diagnoses, on) if on and beside.diagnoses is not None else [],
        born=birthday(beside.client["date_of_birth"]) if beside.client else "",
        author=views.full_name(author),
        clinician=views.clinician_of(note, version, beside.people),
        signatures=views.signatures_of(version, zone) if version else [],
        addenda=[(addendum["text"], views.signature_of(addendum, zone)) for addendum in note["addenda"]],
        earlier=[
            (
                past["number"],
                views.signatures_of(past, zone),
                formats.sections_of(note["template"], past["content"]),
            )
            for past in note["versions"][:-1]
        ],
        decides=decides,
        asks_readers=version is not None and not readers and page.can(NEEDS[TRAIL]),
        just_signed=just_signed,
        billed=billed(page, note, just_signed=just_signed) if version is not None else None,
        writes=page.can("notes:update"),
        adds=not values["left"] and page.can("notes:update") and not is_reviewed(page.me["staff"]),  # else they amend
        signs=page.can("notes:sign"),
    )


def _decision(page: Page, note: Mapping[str, Any]) -> tuple[str, str] | None:
    """What the person is to do about a submitted note, as their worklist says; None where it does not wait for them."""
    questions = {kind: Question("GET /worklist", query={"kind": kind, "limit": WAITING_MAX}) for kind in DECIDES}
    for kind, reply in page.ask_all(**questions).items():
        if reply.ok and any(item["note_id"] == note["id"] for item in reply.value["items"]):
            return DECIDES[kind]
    return None


def _decided_by(me: Mapping[str, Any], note: Mapping[str, Any]) -> str | None:
    """Who has the last word on one's own draft: one's supervisor, else whom it was submitted to; None where nobody."""
    if is_reviewed(me):
        return str(me["supervisor_id"])
    submitted_to: str | None = note["awaited_supervisor_id"]
    return None if submitted_to == me["id"] else submitted_to


def _supervisor(page: Page, staff_id: str) -> Mapping[str, Any] | None:
    reply = page.ask("GET /staff/{staff_id}", staff_id=staff_id)
    return reply.value if reply.ok else None


def _decides(page: Page, note: Mapping[str, Any], beside: Around) -> Mapping[str, Any] | None:
    return decides_on(page, beside.people.get(note["author_id"])) if note["status"] == "submitted" else None


def _comment(note: Mapping[str, Any]) -> str:
    comments = [review["comment"] for review in note["reviews"] if review["action"] == "returned"]
    return (comments[-1] or "") if comments else ""


def _proof_is_old(page: Page) -> bool:
    """Whether a signature would need the password first. The API decides; this spares a second try."""
    proved = page.session.authenticated_at if page.session else None
    return proved is not None and clock.now() - proved > PROVED_FOR - _SOON
