"""The first page of a chart: what matters of one client at a look, each panel by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import Response

from gateway.web.clients import care, history, views
from gateway.web.clients.appointments import APPOINTMENTS, names_around, names_asked, panel_path
from gateway.web.clients.chart import ROWS, WRITE, Chart, chart_of, may_use, tab_path
from gateway.web.clients.sessions import next_of, past_of, session_rows
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import hues_of, names_of
from shared import clock

CASES: Final = "GET /clients/{client_id}/cases"
DIAGNOSES: Final = "GET /cases/{case_id}/diagnoses"
PLANS: Final = "GET /cases/{case_id}/treatment-plans"
LEDGER: Final = "GET /clients/{client_id}/ledger"
GOALS: Final = "GET /cases/{case_id}/goals"
NOTES: Final = "GET /cases/{case_id}/notes"
NOTE: Final = "/notes/{note_id}"  # the page of one note
INVOICE: Final = "/invoices/{invoice_id}"
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
    recent = past_of(past.value["items"], now)[: history.SHOWN] if past.ok else []
    names = names_around(page, answers, [following, *recent])
    cases, notes = _cases(page, answers.get("cases"), today)
    rows = session_rows(recent, names, zone, now, mine)
    ledger = _panel(answers.get("ledger"))
    parts = {
        "sessions": history.of_sessions(recent, rows, zone, panel_path(page)) if past.ok else False,
        "notes": _notes(page, notes, answers["people"], zone),
        "billing": history.of_ledger(ledger["entries"], zone, now, linked=may_use(page, f"GET {INVOICE}"))
        if ledger
        else ledger,
    }
    nothing = coming.ok and past.ok and not coming.value["items"] and not past.value["items"]
    return page.show(
        "clients/overview.html",
        chart=chart,
        cases=cases,
        coming_ok=coming.ok,
        following=next(iter(session_rows([following] if following else [], names, zone, now, mine)), None),
        **_history(page, parts),
        balance=ledger,
        team=_team(page, team, answers["people"], zone),
        work=care.work_of(chart.work, today, notes=may_open_notes(page)),
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
        "ledger": Question(LEDGER, of, {"order": "newest", "limit": history.SHOWN}),
        **names_asked(),
    }
    del questions["locations"]  # the overview does without
    return {name: question for name, question in questions.items() if page.can(PANELS.get(name, "clients:read"))}


def _history(page: Page, parts: Mapping[str, Any]) -> dict[str, Any]:
    """The list of what happened: all parts that the person may read, or the one that the address names."""
    there = {name for name, part in parts.items() if part is not None}
    chosen = page.query.get("history", "")
    shown = {chosen} if chosen in there else there
    return {
        "events": history.latest(*(parts[name] for name in shown if parts[name])),
        "events_failed": [history.SERVICES[name] for name in parts if name in shown and parts[name] is False],
        "history": chosen if chosen in there else "",
        "history_parts": [(name, words) for name, words in history.PARTS if not name or name in there],
    }


def _notes(page: Page, reply: ApiResponse | None, people: ApiResponse, zone: str) -> Any:
    """The notes of the case as lines of the history; None for who has none to read, False where they are away."""
    if reply is None or not may_open_notes(page):
        return None
    if not reply.ok:
        return False
    notes = reply.value["items"]
    authors = names_of(page, {note["author_id"] for note in notes}, people.value["items"] if people.ok else ())
    return history.of_notes(notes, authors, zone, clock.now())


def _cases(page: Page, reply: ApiResponse | None, today: date) -> tuple[care.Cases | None, ApiResponse | None]:
    """The open case that was begun last with its diagnoses and plan, and its notes; None for who reads no cases."""
    if reply is None:
        return None, None
    if not reply.ok:
        return care.Cases(failed=True), None
    items: Sequence[Mapping[str, Any]] = reply.value["items"]
    chosen = care.chosen_of(items)
    if chosen is None:
        return care.Cases(found=len(items)), None
    of = {"case_id": chosen["id"]}
    questions = {"diagnoses": Question(DIAGNOSES, of), "plans": Question(PLANS, of), "goals": Question(GOALS, of)}
    if page.can("notes:read"):
        questions["notes"] = Question(NOTES, of, {"limit": history.SHOWN})
    replies = page.ask_all(**questions)
    diagnoses, plans, goals = (replies[name] for name in ("diagnoses", "plans", "goals"))
    found = care.Cases(
        found=len(items),
        case=chosen,
        others=sum(case["status"] == "open" for case in items) - 1,
        diagnoses=care.in_force(diagnoses.value["items"], today) if diagnoses.ok else None,
        plan=care.plan_of(plans.value["items"], today, goals.value["items"] if goals.ok else ()) if plans.ok else None,
        failed_parts=not (diagnoses.ok and plans.ok),
    )
    return found, replies.get("notes")


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
