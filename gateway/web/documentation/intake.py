"""The intake of a client: details, diagnosis, plan, review. Each step saves by itself, in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from gateway.web.clients.views import marks
from gateway.web.documentation import plan_form, views
from gateway.web.forms import Form, Input, Text, Whole, body_of
from gateway.web.page import Page, Problem, Question
from gateway.web.people import is_reviewed, names_of
from shared import clock

CASES: Final = "GET /clients/{client_id}/cases"
LISTED: Final = 100
FOUND: Final = 10
QUERY_MAX: Final = 100
REFUSED: Final = (403, 409, 412, 422)
ANOTHER_PLAN: Final = "Another plan was begun or signed meanwhile. Look at it, then go on."
DIAGNOSIS: Final[tuple[Input, ...]] = (Whole("rank"), Text("effective_from"))
PLAN_DAYS: Final[tuple[Input, ...]] = (Text("effective_from"), Text("review_on"))


@dataclass(frozen=True, slots=True)
class Intake:
    """The client with the case that the intake is about, and how far it is. What could not be had is None."""

    client: Mapping[str, Any]
    case: Mapping[str, Any] | None
    diagnoses: Sequence[Mapping[str, Any]] | None
    plans: Sequence[Mapping[str, Any]] | None
    path: str

    @property
    def draft(self) -> Mapping[str, Any] | None:
        """The plan that is being written."""
        return next((plan for plan in self.plans or () if plan["status"] == "draft"), None)

    @property
    def signed(self) -> Mapping[str, Any] | None:
        """The plan that was signed last."""
        return next((plan for plan in self.plans or () if plan["status"] == "signed"), None)

    @property
    def steps(self) -> list[tuple[str, str, bool]]:
        """Address, name, and whether it is done."""
        return [
            (self.path, "Details", bool(self.client["address"] and self.client["phone"])),
            (
                f"{self.path}/diagnosis",
                "Diagnosis",
                any(not diagnosis["entered_in_error_at"] for diagnosis in self.diagnoses or ()),
            ),
            (f"{self.path}/plan", "Plan", bool(self.draft or self.signed)),
            (f"{self.path}/review", "Review and sign", bool(self.signed)),
        ]


def intake_of(page: Page) -> Intake:
    """The client, the open case begun last, its diagnoses and plans. Raises `Problem` without the client."""
    client_id = page.ids["client_id"]
    of = {"client_id": client_id}
    answers = page.ask_all(
        client=Question("GET /clients/{client_id}", of), cases=Question(CASES, of, {"limit": LISTED})
    )
    for reply in answers.values():
        if not reply.ok:
            raise Problem(reply)
    path = f"/intake/{client_id}"
    open_ones = [case for case in answers["cases"].value["items"] if case["status"] == "open"]
    if not open_ones:
        return Intake(answers["client"].value, None, None, None, path)
    case = {"case_id": open_ones[-1]["id"]}
    within = page.ask_all(
        diagnoses=Question("GET /cases/{case_id}/diagnoses", case, {"limit": LISTED}),
        plans=Question("GET /cases/{case_id}/treatment-plans", case, {"limit": LISTED}),
    )
    found = {name: reply.value["items"] if reply.ok else None for name, reply in within.items()}
    return Intake(answers["client"].value, open_ones[-1], found["diagnoses"], found["plans"], path)


def show_details(page: Page) -> Response:
    """What is known of the client, and what is still needed for claims."""
    return _show(page, intake_of(page), "details")


def show_diagnosis(page: Page) -> Response:
    """The diagnoses of the case, and adding one."""
    return _show(page, intake_of(page), "diagnosis")


def open_case(page: Page) -> Response:
    """The case that the intake is about."""
    body, form = body_of(page.form, (Text("name", blank="keep"),))
    reply = page.ask("POST /cases", body={**body, "client_id": page.ids["client_id"]}, headers=form.sent)
    if reply.ok:
        return page.leave(f"/intake/{page.ids['client_id']}/diagnosis", "case_opened")
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _show(page, intake_of(page), "diagnosis", form.refused(reply.value), 422)


def add_diagnosis(page: Page) -> Response:
    """A diagnosis of the case, from a day on."""
    intake = intake_of(page)
    if intake.case is None:
        return page.leave(f"{intake.path}/diagnosis")
    body, form = body_of(page.form, DIAGNOSIS)
    # Chosen from what was found; without scripts the code itself is typed.
    body["code"] = form.text("code") or form.text("words").strip().partition(" ")[0]
    reply = page.ask("POST /cases/{case_id}/diagnoses", case_id=intake.case["id"], body=body, headers=form.sent)
    if reply.ok:
        return page.leave(f"{intake.path}/diagnosis", "diagnosis_added")
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _show(page, intake, "diagnosis", form.refused(reply.value), 422)


def find_codes(page: Page) -> Response:
    """Codes for what was typed: the list under the input."""
    query = page.form.text("words").strip()[:QUERY_MAX]
    found = page.ask("GET /diagnosis-codes", query=query, limit=FOUND) if query else None
    if not page.is_fragment:
        return page.leave(f"/intake/{page.ids['client_id']}/diagnosis")
    items = found.value["items"] if found is not None and found.ok else []
    return page.show("documentation/_codes.html", codes=items)


def show_plan(page: Page) -> Response:
    """The plan that is being written, or an empty one."""
    return _show(page, intake_of(page), "plan")


def save_plan(page: Page) -> Response:
    """Write the draft, or change it. The problems go as a whole."""
    intake = intake_of(page)
    if intake.case is None:
        return page.leave(f"{intake.path}/diagnosis")
    body, form = body_of(page.form, PLAN_DAYS)
    body["problems"] = plan_form.problems_of(form)
    if not _is_of(form, intake.draft):
        return _show(page, intake, "plan", form.refused({"detail": ANOTHER_PLAN}), 422)
    if intake.draft is not None:
        reply = page.ask("PATCH /treatment-plans/{plan_id}", plan_id=intake.draft["id"], body=body, headers=form.sent)
    else:
        row = "POST /cases/{case_id}/treatment-plans"
        reply = page.ask(row, case_id=intake.case["id"], body=body, headers=form.sent)
    if reply.ok:
        to = "review" if form.text("then") == "review" else "plan"
        return page.leave(f"{intake.path}/{to}", "plan_saved")
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _show(page, intake, "plan", form.refused(reply.value), 422)


def _is_of(form: Form, draft: Mapping[str, Any] | None) -> bool:
    """Whether the form showed this draft, or none: the version that it names is of that plan."""
    return form.text("plan") == (draft["id"] if draft else "")


def show_review(page: Page) -> Response:
    """Everything on one page, with what is still open; signing."""
    return _show(page, intake_of(page), "review")


def sign_plan(page: Page) -> Response:
    """Sign the draft."""
    intake = intake_of(page)
    if intake.draft is None:
        return page.leave(f"{intake.path}/review")
    if not _is_of(page.form, intake.draft):
        return _show(page, intake, "review", page.form.refused({"detail": ANOTHER_PLAN}), 422)
    row = "POST /treatment-plans/{plan_id}/sign"
    reply = page.ask(row, plan_id=intake.draft["id"], headers=page.form.sent)
    if reply.ok:
        return page.leave(f"/clients/{page.ids['client_id']}/plan", "plan_signed")
    if reply.status not in REFUSED:
        return page.problem(reply)
    return _show(page, intake, "review", page.form.refused(reply.value), 422)


def _show(page: Page, intake: Intake, step: str, form: Form | None = None, status: int = 200) -> Response:
    today = clock.today(page.me["organization"]["time_zone"])
    kept = [diagnosis for diagnosis in intake.diagnoses or () if not diagnosis["entered_in_error_at"]]
    ranks = {diagnosis["rank"] for diagnosis in kept if diagnosis["effective_to"] is None}
    stored = intake.draft or intake.signed
    first = {
        "effective_from": (today.isoformat(),),
        "rank": (str(next(number for number in range(1, LISTED) if number not in ranks)),),
    }
    if step == "plan" and intake.draft:
        first |= {name: (intake.draft[name],) for name in ("effective_from", "review_on")}
    typed = plan_form.problems_of(form) if form and step == "plan" else (stored or {}).get("problems", [])
    return page.show(
        f"documentation/intake_{step}.html",
        status,
        intake=intake,
        marks=marks(intake.client),
        here=f"{intake.path}" if step == "details" else f"{intake.path}/{step}",
        form=form or Form(values=first),
        problems=typed,
        diagnoses=kept,
        in_force=views.in_force(kept, today),
        plan=stored,
        supervised=is_reviewed(page.me["staff"]),
        author=_author(page, intake.draft) if step == "review" else "",
    )


def _author(page: Page, draft: Mapping[str, Any] | None) -> str:
    """Who wrote the draft, where that is somebody else, as far as the name can be had."""
    author_id = draft["created_by"] if draft is not None else None
    return "" if author_id in (None, page.me["staff"]["id"]) else names_of(page, {author_id}).get(author_id, "")


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /intake/{client_id}": show_details,
    "GET /intake/{client_id}/diagnosis": show_diagnosis,
    "POST /intake/{client_id}/case": open_case,
    "POST /intake/{client_id}/diagnosis": add_diagnosis,
    "POST /intake/{client_id}/diagnosis/find": find_codes,
    "GET /intake/{client_id}/plan": show_plan,
    "POST /intake/{client_id}/plan": save_plan,
    "GET /intake/{client_id}/review": show_review,
    "POST /intake/{client_id}/review": sign_plan,
}
