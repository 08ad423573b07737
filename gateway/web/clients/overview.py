"""The first page of a chart: what matters of one client at a look, each panel by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import Response

from gateway.web.clients import care, views
from gateway.web.clients.appointments import APPOINTMENTS, names_around, names_asked, panel_path
from gateway.web.clients.chart import ROWS, WRITE, Chart, chart_of, may_use, tab_path
from gateway.web.clients.sessions import next_of, past_of, session_rows
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import hues_of
from shared import clock

CASES: Final = "GET /clients/{client_id}/cases"
DIAGNOSES: Final = "GET /cases/{case_id}/diagnoses"
PLANS: Final = "GET /cases/{case_id}/treatment-plans"
LEDGER: Final = "GET /clients/{client_id}/ledger"
NOTE: Final = "/notes/{note_id}"  # the page of one note
RECENT: Final = 5
COMING: Final = 20  # of which some may be cancelled
PANELS: Final = {"cases": "cases:read", "ledger": "ledger:read"}


def show_overview(page: Page) -> Response:
    """Cases, sessions, balance, to-dos and the care team, as far as the person may see each."""
    zone = page.me["organization"]["time_zone"]
    now, today = clock.now(), clock.today(zone)
    chart = chart_of(page, page.ids["client_id"], **_questions(page, today))
    answers = chart.answers
    coming, past, team = answers["coming"], answers["past"], answers["team"]
    mine = page.me["staff"]["id"]
    following = next_of(coming.value["items"], now) if coming.ok else None
    recent = past_of(past.value["items"], now)[:RECENT] if past.ok else []
    names = names_around(page, answers, [following, *recent])
    cases = _cases(page, answers.get("cases"), today)
    nothing = coming.ok and past.ok and not coming.value["items"] and not past.value["items"]
    return page.show(
        "clients/overview.html",
        chart=chart,
        cases=cases,
        coming_ok=coming.ok,
        following=next(iter(session_rows([following] if following else [], names, zone, now, mine)), None),
        past_ok=past.ok,
        recent=session_rows(recent, names, zone, now, mine),
        balance=_panel(answers.get("ledger")),
        team=_team(page, team, answers["people"], zone),
        work=care.work_of(chart.work, today, notes=may_open_notes(page)),
        session_path=panel_path(page),
        writes=may_use(page, WRITE),
        steps=_steps(chart, page, cases, team) if nothing and cases is not None and not cases.found else [],
        to={part: tab_path(page, chart, part) for part in ("/cases", "/plan", "/appointments", "/ledger", "/details")},
    )


def _questions(page: Page, today: date) -> dict[str, Question]:
    of = {"client_id": page.ids["client_id"]}
    questions = {
        "coming": Question(APPOINTMENTS, of, {"from": today, "sort": "starts_at", "limit": COMING}),
        "past": Question(APPOINTMENTS, of, {"to": today, "sort": "-starts_at", "limit": COMING}),
        "team": Question("GET /clients/{client_id}/staff", of),
        "cases": Question(CASES, of),
        "ledger": Question(LEDGER, of, {"limit": 1}),
        **names_asked(),
    }
    del questions["locations"]  # the overview does without
    return {name: question for name, question in questions.items() if page.can(PANELS.get(name, "clients:read"))}


def _cases(page: Page, reply: ApiResponse | None, today: date) -> care.Cases | None:
    """The open case that was begun last with its diagnoses and plan; None for who reads no cases."""
    if reply is None:
        return None
    if not reply.ok:
        return care.Cases(failed=True)
    items: Sequence[Mapping[str, Any]] = reply.value["items"]
    chosen = care.chosen_of(items)
    if chosen is None:
        return care.Cases(found=len(items))
    of = {"case_id": chosen["id"]}
    replies = page.ask_all(diagnoses=Question(DIAGNOSES, of), plans=Question(PLANS, of))
    diagnoses, plans = replies["diagnoses"], replies["plans"]
    return care.Cases(
        found=len(items),
        case=chosen,
        others=sum(case["status"] == "open" for case in items) - 1,
        diagnoses=care.in_force(diagnoses.value["items"], today) if diagnoses.ok else None,
        plan=care.plan_of(plans.value["items"], today) if plans.ok else None,
        failed_parts=not (diagnoses.ok and plans.ok),
    )


def _team(page: Page, team: ApiResponse, people: ApiResponse, zone: str) -> list[views.TeamRow] | None:
    """Who is assigned, each in their color; None where that does not answer."""
    if not team.ok:
        return None
    assigned = team.value["items"]
    return views.team_rows(assigned, hues_of(page, (member["staff_id"] for member in assigned), people), zone)


def _panel(reply: ApiResponse | None) -> Any:
    """The answer's value; False where it failed, None where the person may not ask."""
    if reply is None:
        return None
    return reply.value if reply.ok else False


def _steps(chart: Chart, page: Page, cases: care.Cases, team: ApiResponse) -> list[care.Step]:
    """The first steps with a new client, for who sees that there is no case yet."""
    mine = page.me["staff"]["id"]
    assigned = [assignment["staff_id"] for assignment in team.value["items"]] if team.ok else []
    if cases.failed or not (sees_all_cases(page) or mine in assigned):
        return []
    schedule = next((action.path for action in chart.actions if action.name == "Schedule"), "")
    return care.steps(chart.client, bool(assigned), lambda part: tab_path(page, chart, part), schedule)


def may_open_notes(page: Page) -> bool:
    """Whether there is a page of one note, and the person may have it."""
    return NOTE in ROWS and page.can(ROWS[NOTE].permission)


def sees_all_cases(page: Page) -> bool:
    """Whether cases are open to the person without being on them."""
    return page.session is not None and bool(page.session.actor.sees_all_cases)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/{client_id}": show_overview}
