"""The tab of a chart that shows its cases: the diagnoses and notes of one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.chart import chart_of
from gateway.web.documentation import note_list, views
from gateway.web.documentation.around import people_of
from gateway.web.documentation.diagnosis_list import diagnosis_list, key_of
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import ApiResponse, Page, Question
from shared import clock

People = Mapping[str, Mapping[str, Any]]
Items = Sequence[Mapping[str, Any]]
FIND: Final = "POST /cases/{case_id}/notes/search"
CASES: Final = "GET /clients/{client_id}/cases"
LISTED: Final = 100
NOTES: Final = 20
REFUSED: Final = (403, 409, 412, 422)
NEW_CASE: Final = "case"
STATUS: Final = "status"
FOUND: Final = "found"
HISTORY: Final = 20
REASON: Final = (Text("closing_reason"), Text("reason"))
# In the order in which they are offered.
CLOSING_REASONS: Final = {
    "goals_met": "Goals are met",
    "ended_by_client": "The client ended it",
    "ended_by_clinician": "The clinician ended it",
    "referred": "Referred to somebody else",
    "lost_contact": "Contact was lost",
    "other": "Another reason",
}


def show_cases(page: Page) -> Response:
    """The cases of a client, with the diagnoses and notes of one of them, the newest first."""
    return shown(page)


def shown(
    page: Page, forms: Mapping[str, Form] | None = None, status: int = 200, found: ApiResponse | None = None
) -> Response:
    """The tab. `forms`: those that come back refused, by `NEW_CASE`, `STATUS`, `FOUND` or `diagnosis_list.key_of`.

    `found`: the notes in which words were found.
    """
    forms = forms or {}
    of = {"client_id": page.ids["client_id"]}
    chart = chart_of(page, page.ids["client_id"], cases=Question(CASES, of, {"limit": LISTED}))
    listed = chart.answers["cases"]
    cases = list(reversed(listed.value["items"])) if listed.ok else None
    wanted = page.ids.get("case_id") or page.query.get("case")
    chosen = next((case for case in cases or () if case["id"] == wanted), None)
    chosen = chosen or next((case for case in cases or () if case["status"] == "open"), next(iter(cases or ()), None))
    return page.show(
        "documentation/cases.html",
        status,
        chart=chart,
        cases=cases,
        chosen=chosen,
        form=forms.get(NEW_CASE) or Form(),
        status_form=forms.get(STATUS) or Form(),
        reasons=[("", "None given"), *CLOSING_REASONS.items()],
        since=text.day(chosen["created_at"][:10]) if chosen else "",
        moved=page.query.get("moved"),
        corrects=page.can("diagnoses:create") and not chart.emergency,
        order=next((form for key, form in forms.items() if key.startswith(key_of("", "rank"))), Form()),
        **_parts(page, chosen["id"], forms, found) if chosen else {},
    )


def _parts(page: Page, case_id: str, forms: Mapping[str, Form], found: ApiResponse | None) -> dict[str, Any]:
    """What a case holds; a part that could not be had is None."""
    case = {"case_id": case_id}
    responses = page.ask_all(
        notes=Question("GET /cases/{case_id}/notes", case, {"limit": NOTES, "cursor": page.query.get("cursor")}),
        diagnoses=Question("GET /cases/{case_id}/diagnoses", case, {"limit": LISTED}),
        history=Question("GET /cases/{case_id}/status/history", case, {"limit": HISTORY}),
        services=Question("GET /service-types", query={"limit": LISTED}),
    )
    diagnoses, history = (_items(responses[name]) for name in ("diagnoses", "history"))
    struck_out_by = [diagnosis["entered_in_error_by"] for diagnosis in diagnoses]
    people = people_of(page, [*struck_out_by, *(change["by"] for change in history)])
    return {
        **_notes(page, found or responses["notes"], _items(responses["services"]), forms.get(FOUND, Form())),
        **_diagnoses(page, responses["diagnoses"], people, forms),
        "history": _history(page, history, people),
    }


def _items(reply: ApiResponse) -> Sequence[Mapping[str, Any]]:
    return reply.value["items"] if reply.ok else ()


def _notes(page: Page, reply: ApiResponse, services: Items, form: Form) -> dict[str, Any]:
    """The notes with their first lines; those that were found with the lines that were, where words were looked for."""
    if not reply.ok:
        return {"notes": None, "next_cursor": None, "find": form, "more_found": False}
    rows = note_list.rows_of(page, reply.value["items"], {}, services)
    return {
        "notes": rows,
        "next_cursor": reply.value.get("next_cursor"),
        "find": form,
        "more_found": reply.value.get("more", False),
    }


def _diagnoses(page: Page, reply: ApiResponse, people: People, forms: Mapping[str, Form]) -> dict[str, Any]:
    if not reply.ok:
        return {"diagnoses": None}
    zone = page.me["organization"]["time_zone"]
    return {
        "diagnoses": diagnosis_list(reply.value["items"], people, zone, clock.now(), forms),
        "more_diagnoses": reply.value["next_cursor"] is not None,
    }


def _history(page: Page, changes: Sequence[Mapping[str, Any]], people: People) -> list[tuple[str, str, str]]:
    """Of each time the case was closed or opened again: what happened, who did it when, and why in their words."""
    now, zone = clock.now(), page.me["organization"]["time_zone"]
    lines = []
    for change in changes:
        event = "Closed" if change["status"] == "closed" else "Opened again"
        why = CLOSING_REASONS.get(change["closing_reason"] or "")
        by = f"{text.moment(change['at'], zone, now)}, {views.full_name(people.get(change['by']))}"
        lines.append((f"{event}: {why.lower()}" if why else event, by, change["reason"] or ""))
    return lines


def find_notes(page: Page) -> Response:
    """Look for words in the notes of the case; they stand in no address."""
    form = page.form
    reply = page.ask(FIND, case_id=page.ids["case_id"], body={"words": form.text("words")})
    if reply.status == 422:
        return shown(page, {FOUND: form.refused(reply.value)}, 422)
    return shown(page, {FOUND: form}, found=reply) if reply.ok else page.problem(reply)


def open_case(page: Page) -> Response:
    """Another case of the client."""
    body, form = body_of(page.form, (Text("name", blank="keep"),))
    reply = page.ask("POST /cases", body={**body, "client_id": page.ids["client_id"]}, headers=form.sent)
    if reply.ok:
        return page.leave(f"/clients/{page.ids['client_id']}/cases", "case_opened", case=reply.value["id"])
    if reply.status not in REFUSED:
        return page.problem(reply)
    return shown(page, {NEW_CASE: form.refused(reply.value)}, 422)


def close_case(page: Page) -> Response:
    """Close a case, with a reason where somebody gives one."""
    return _set_status(page, "closed", "case_closed")


def reopen_case(page: Page) -> Response:
    """Open a closed case again."""
    return _set_status(page, "open", "case_opened")


def _set_status(page: Page, status: str, done: str) -> Response:
    body, form = body_of(page.form, REASON)
    reply = page.ask(
        "PATCH /cases/{case_id}", case_id=page.ids["case_id"], body={**body, "status": status}, headers=form.sent
    )
    if reply.ok:
        return page.leave(f"/clients/{page.ids['client_id']}/cases", done, case=page.ids["case_id"])
    if reply.status not in REFUSED:
        return page.problem(reply)
    return shown(page, {STATUS: form.refused(reply.value)}, 422)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/cases": show_cases,
    "POST /clients/{client_id}/cases": open_case,
    "POST /clients/{client_id}/cases/{case_id}/find": find_notes,
    "POST /clients/{client_id}/cases/{case_id}/close": close_case,
    "POST /clients/{client_id}/cases/{case_id}/reopen": reopen_case,
}
