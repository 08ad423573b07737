"""The tab of a chart that shows its treatment plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.care import REVIEW_SOON_DAYS
from gateway.web.clients.chart import chart_of
from gateway.web.documentation.goals import goals_of
from gateway.web.documentation.views import signature_of
from gateway.web.forms import Text, body_of
from gateway.web.page import Page, Question
from gateway.web.people import names_of
from shared import clock

CASES: Final = "GET /clients/{client_id}/cases"
LISTED: Final = 100
PLAN_STATES: Final = {"draft": ("Draft", "warn"), "signed": ("Signed", "ok"), "discarded": ("Discarded", "")}


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
    signed = [plan["id"] for plan in plans or () if plan["status"] == "signed"]
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
        signatures={
            plan["id"]: signature_of(plan, page.me["organization"]["time_zone"]).words
            for plan in plans or ()
            if plan["status"] == "signed"
        },
        authors=_authors(page, plans or ()),
        goals=goals_of(page, chosen["id"]) if chosen and signed else {},
        in_force=next((plan["id"] for plan in plans or () if _has_effect(plan, today)), ""),
        compared=signed[:-1],  # the first of a case has none before it
        writes=page.can("treatment_plans:create"),
        today=today.isoformat(),
        soon=(today + timedelta(REVIEW_SOON_DAYS)).isoformat(),
    )


def _has_effect(plan: Mapping[str, Any], today: date) -> bool:
    """Whether a plan is signed and has taken effect: the first such one of a list, newest first, is in force."""
    return plan["status"] == "signed" and bool(plan["effective_from"] <= today.isoformat())


def _authors(page: Page, plans: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Who wrote each draft that somebody else wrote, by the plan's id, as far as their names can be had."""
    written = {plan["id"]: plan["created_by"] for plan in plans if plan["status"] == "draft"}
    others = {plan_id: author for plan_id, author in written.items() if author != page.me["staff"]["id"]}
    names = names_of(page, set(others.values()))
    return {plan_id: names[author] for plan_id, author in others.items() if author in names}


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
    "GET /clients/{client_id}/plan": show_plan,
    "POST /clients/{client_id}/plan/{plan_id}/discard": discard_plan,
}
