"""The tabs of a chart that belong to documentation: cases with their notes, and the treatment plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.chart import chart_of
from gateway.web.documentation import formats, views
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import Page, Question
from shared import clock

CASES: Final = "GET /clients/{client_id}/cases"
LISTED: Final = 100
NOTES: Final = 20
REFUSED: Final = (403, 409, 412, 422)
PLAN_STATES: Final = {"draft": ("Draft", "warn"), "signed": ("Signed", "ok"), "discarded": ("Discarded", "")}


def show_cases(page: Page) -> Response:
    """The cases of a client, and the notes of one of them, the newest first."""
    return _cases(page)


def _cases(page: Page, form: Form | None = None, status: int = 200) -> Response:
    of = {"client_id": page.ids["client_id"]}
    chart = chart_of(page, page.ids["client_id"], cases=Question(CASES, of, {"limit": LISTED}))
    found = chart.answers["cases"]
    cases = list(reversed(found.value["items"])) if found.ok else None
    case_id = page.query.get("case")
    chosen = next((case for case in cases or () if case["id"] == case_id), None)
    chosen = chosen or next((case for case in cases or () if case["status"] == "open"), next(iter(cases or ()), None))
    values: dict[str, Any] = {"notes": None, "diagnoses": None, "next_cursor": None}
    now, zone = clock.now(), page.me["organization"]["time_zone"]
    if chosen:
        case = {"case_id": chosen["id"]}
        answers = page.ask_all(
            notes=Question("GET /cases/{case_id}/notes", case, {"limit": NOTES, "cursor": page.query.get("cursor")}),
            diagnoses=Question("GET /cases/{case_id}/diagnoses", case, {"limit": LISTED}),
        )
        notes, diagnoses = answers["notes"], answers["diagnoses"]
        if notes.ok:
            values["notes"] = [
                (
                    note["id"],
                    text.moment(note["created_at"], zone, now),
                    formats.FORMATS[note["template"]][0],
                    views.STATUSES[note["status"]],
                )
                for note in notes.value["items"]
            ]
            values["next_cursor"] = notes.value["next_cursor"]
        if diagnoses.ok:
            values["diagnoses"] = views.in_force(diagnoses.value["items"], clock.today(zone))
    return page.show(
        "documentation/cases.html",
        status,
        chart=chart,
        cases=cases,
        chosen=chosen,
        form=form or Form(),
        since=text.day(chosen["created_at"][:10]) if chosen else "",
        **values,
    )


def open_case(page: Page) -> Response:
    """Another case of the client."""
    body, form = body_of(page.form, (Text("name", blank="keep"),))
    reply = page.ask("POST /cases", body={**body, "client_id": page.ids["client_id"]}, headers=form.sent)
    if reply.ok:
        return page.leave(f"/clients/{page.ids['client_id']}/cases", "case_opened", case=reply.value["id"])
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _cases(page, form.refused(reply.value), 422)


def set_case_status(page: Page) -> Response:
    """Close a case, or open it again."""
    status = page.form.text("status")
    reply = page.ask(
        "PATCH /cases/{case_id}", case_id=page.ids["case_id"], body={"status": status}, headers=page.form.sent
    )
    if not reply.ok:
        return page.problem(reply)
    done = "case_closed" if status == "closed" else "case_opened"
    return page.leave(f"/clients/{page.ids['client_id']}/cases", done, case=page.ids["case_id"])


def show_plan(page: Page) -> Response:
    """The plan in force, the one that is being written, and those before."""
    of = {"client_id": page.ids["client_id"]}
    chart = chart_of(page, page.ids["client_id"], cases=Question(CASES, of, {"limit": LISTED}))
    found = chart.answers["cases"]
    cases = found.value["items"] if found.ok else []
    chosen = next((case for case in reversed(cases) if case["status"] == "open"), next(reversed(cases), None))
    plans: list[Mapping[str, Any]] | None = [] if found.ok else None
    if chosen:
        reply = page.ask("GET /cases/{case_id}/treatment-plans", case_id=chosen["id"], limit=LISTED)
        plans = reply.value["items"] if reply.ok else None
    today = clock.today(page.me["organization"]["time_zone"])
    return page.show(
        "documentation/plan.html",
        chart=chart,
        case=chosen,
        plans=[
            (
                plan,
                PLAN_STATES[plan["status"]],
                text.day(plan["effective_from"], today),
                text.day(plan["review_on"], today),
            )
            for plan in plans
        ]
        if plans is not None
        else None,
        writes=page.can("treatment_plans:create"),
        today=today.isoformat(),
    )


def discard_plan(page: Page) -> Response:
    """A draft that nobody needs."""
    body, form = body_of(page.form, (Text("reason", blank="keep"),))
    reply = page.ask(
        "POST /treatment-plans/{plan_id}/discard", plan_id=page.ids["plan_id"], body=body, headers=form.sent
    )
    if not reply.ok:
        return page.problem(reply)
    return page.leave(f"/clients/{page.ids['client_id']}/plan", "plan_discarded")


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/cases": show_cases,
    "POST /clients/{client_id}/cases": open_case,
    "POST /clients/{client_id}/cases/{case_id}/status": set_case_status,
    "GET /clients/{client_id}/plan": show_plan,
    "POST /clients/{client_id}/plan/{plan_id}/discard": discard_plan,
}
