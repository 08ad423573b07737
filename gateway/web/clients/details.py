"""The tab of details, to be read: what is stored of the client, their status, and who is assigned to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.clients import views
from gateway.web.clients.archiving import Left, left_questions
from gateway.web.clients.chart import chart_of
from gateway.web.clients.moving import question as addresses_question
from gateway.web.clients.moving import rows_of
from gateway.web.clients.own import LISTED, fields_of
from gateway.web.clients.related import question as related_question
from gateway.web.clients.related import related_rows
from gateway.web.clients.responsible import payers_of
from gateway.web.clients.responsible import question as payers_question
from gateway.web.clients.stored import stored_groups
from gateway.web.clients.wishes import wished_names
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import hues_of, names_of, people_of, staff_question
from shared import clock

CHANGE: Final = "PATCH /clients/{client_id}"
ASSIGN: Final = "PUT /clients/{client_id}/staff/{staff_id}"
UNASSIGN: Final = "DELETE /clients/{client_id}/staff/{staff_id}"
ASSIGNS: Final = "assignments:change"
CHANGES_DETAILS: Final = "clients:update"
DELETES: Final = "clients:delete"
OPEN_WORK: Final = "open_work"  # the code of the refusal to take somebody off who has work with the client
STAFF_MAX: Final = 200
# What the page says after a change of status.
DONE: Final = {
    ("", "archived"): "client_archived",
    ("", "prospective"): "client_prospective",
    ("", "active"): "client_unarchived",
    ("prospective", "active"): "client_started",
}
CHANGES: Final = 10  # of the history, the last
REFUSED: Final = (403, 409, 412, 422)


def show_details(page: Page) -> Response:
    """What is stored, and who is assigned."""
    return _details(page)


def set_status(page: Page) -> Response:
    """Archive the client, take them back, or begin treatment. `was`: the status that the page showed."""
    status, was = page.form.text("status"), page.form.text("was")
    done = DONE.get((was, status)) or DONE.get(("", status), "saved")
    return page.change(CHANGE, _path(page), done, body={"status": status}, client_id=_id(page))


def assign(page: Page) -> Response:
    """Assign a member of staff to the client and all open cases."""
    chosen = page.form.text("staff_id")
    if not chosen:
        return _details(page, team=page.form.wrong(staff_id="Choose somebody first."), status=422)
    reply = page.ask(ASSIGN, client_id=_id(page), staff_id=chosen, headers=page.form.sent)
    if reply.ok:
        return page.leave(_path(page), "client_assigned")
    return _refused_team(page, reply)


def unassign(page: Page) -> Response:
    """Take somebody off the client and all cases. The page that follows can take it back.

    Who has open work with the client is not taken off like that: a page asks what becomes of it.
    """
    staff_id = page.ids["staff_id"]
    reply = page.ask(UNASSIGN, client_id=_id(page), staff_id=staff_id, headers=page.form.sent)
    if reply.ok:
        return page.leave(_path(page), "client_unassigned", off=staff_id)
    if reply.code == OPEN_WORK:
        return page.leave(f"/clients/{_id(page)}/team/{staff_id}")
    return _refused_team(page, reply)


def _refused_team(page: Page, reply: ApiResponse) -> Response:
    if reply.status not in REFUSED:
        page.problem(reply)
    return _details(page, team=page.form.refused(reply.value), status=422)


def _details(page: Page, team: Form | None = None, status: int = 200) -> Response:
    of = {"client_id": _id(page)}
    chart = chart_of(
        page,
        _id(page),
        **left_questions(page, _id(page)),
        team=Question("GET /clients/{client_id}/staff", of, {"limit": STAFF_MAX}),
        history=Question("GET /clients/{client_id}/staff/history", of, {"limit": CHANGES}),
        people=staff_question(),
        own=LISTED,
        related=related_question(_id(page)),
        payers=payers_question(_id(page)),
        addresses=addresses_question(_id(page)),
    )
    return page.show(
        "clients/details.html",
        status,
        chart=chart,
        stored=stored_groups(
            chart.client, fields_of(chart.answers["own"]), wished_names(page, [chart.client["waiting"]])
        ),
        changes=page.can(CHANGES_DETAILS),
        related=related_rows(chart.answers["related"]),
        payers=payers_of(page, chart.answers["payers"]),
        addresses=rows_of(page, chart.answers["addresses"]),
        team_form=team or Form(),
        assigns=page.can(ASSIGNS),
        deletes=page.can(DELETES),
        off=page.query.get("off", ""),
        left=Left.of(chart.answers, clock.now()).sentences,
        **_team(page, chart.answers, (team or Form()).all("staff_id")),
    )


def _team(page: Page, answers: Mapping[str, ApiResponse], chosen: Sequence[str]) -> dict[str, Any]:
    """Who is assigned, who could be, and the last changes; None for what does not answer just now."""
    zone = page.me["organization"]["time_zone"]
    team = answers["team"].value["items"] if answers["team"].ok else None
    history = answers["history"].value["items"] if answers["history"].ok else None
    now = clock.now()
    on_it = {assignment["staff_id"] for assignment in team or []}
    off = page.query.get("off", "")
    people = answers["people"]
    known = people.value["items"] if people.ok else []
    return {
        "team": None if team is None else views.team_rows(team, hues_of(page, on_it, people), zone),
        "others": people_of(page, people, without=on_it, chosen=[*chosen, off]),
        "history": None if history is None else views.team_changes(history, _names(page, history, known), zone, now),
    }


def _names(page: Page, history: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Who came and went, and who saw to it, by id."""
    return names_of(page, [change[name] for change in history for name in ("staff_id", "by") if change[name]], known)


def _id(page: Page) -> str:
    return page.ids["client_id"]


def _path(page: Page) -> str:
    return f"/clients/{_id(page)}/details"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details": show_details,
    "POST /clients/{client_id}/status": set_status,
    "POST /clients/{client_id}/team": assign,
    "POST /clients/{client_id}/team/{staff_id}/remove": unassign,
}
