"""One group: who belongs to it from which day on, its sessions, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Response

from gateway.web.agenda.editing import reason_of
from gateway.web.bookable_groups import leads, narrowed
from gateway.web.clients.appointments import EARLIER, names_around, names_asked, panel_path
from gateway.web.clients.sessions import session_rows
from gateway.web.forms import Form, Text, Tick, body_of
from gateway.web.groups import views
from gateway.web.local_addresses import is_id
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import listed, names_of
from shared import clock
from shared.texts import calendar_day

PATH: Final = "/groups"
ONE: Final = "GET /groups/{group_id}"
HISTORY: Final = "GET /groups/{group_id}/history"
SESSIONS: Final = "GET /groups/{group_id}/appointments"
JOIN: Final = "PUT /groups/{group_id}/members/{client_id}"
LEAVE: Final = "DELETE /groups/{group_id}/members/{client_id}"
LOOKUP: Final = "POST /clients/lookup"
SERVICES: Final = "GET /service-types"
LINES: Final = 20
REFUSED: Final = (403, 404, 409, 422)
FULL: Final = "over_capacity"
JOINING: Final = (Text("on", blank="null"), Text("reason", blank="null"), Tick("over_capacity"))
LEAVING: Final = (Text("on", blank="null"), Text("reason", blank="null"))
NOT_THEIRS: Final = ApiResponse(
    403, {"code": "colleagues_group", "detail": "Ask who leads this group, or the front desk.", "errors": []}
)
NO_MEMBER: Final = ApiResponse(404, {"code": "not_found", "detail": "", "errors": []})


def changeable(page: Page) -> Mapping[str, Any]:
    """The group of the address, for somebody who may change it. Raises `Problem`."""
    group: Mapping[str, Any] = page.need(ONE, group_id=id_of(page))
    if not leads(page, group):
        page.problem(NOT_THEIRS)
    return group


def show_group(page: Page) -> Response:
    """The group with its members; `on` of the address is from which session on somebody is to be added."""
    on = calendar_day(page.query.get("on", ""))
    return _group(page, Form(values={"on": (on.isoformat() if on else _today(page),)}))


def add_member(page: Page) -> Response:
    """Have a client join from a day on. A full group is asked about first."""
    body, form = body_of(page.form, JOINING)
    client_id = form.text("client_id")
    if not is_id(client_id):
        return _group(page, form.wrong(client="Choose a client from the list."), 422)
    reply = page.ask(JOIN, group_id=id_of(page), client_id=client_id, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(path_of(page), "member_joined")
    if reply.status not in REFUSED:
        page.problem(reply)
    return _group(page, _refused(form, reply), 422, asks=reply.code == FULL)


def show_leaving(page: Page) -> Response:
    """From which day on a member does not belong to the group."""
    return _leaving(page, Form(values={"on": (_today(page),)}))


def take_off(page: Page) -> Response:
    """Have a member leave from a day on."""
    body, form = body_of(page.form, LEAVING)
    client_id = page.ids["client_id"]
    reply = page.ask(LEAVE, group_id=id_of(page), client_id=client_id, body=body, headers=form.sent)
    if reply.ok:
        return page.leave(path_of(page), "member_left")
    if reply.status not in REFUSED:
        page.problem(reply)
    return _leaving(page, _refused(form, reply), 422)


def _refused(form: Form, reply: ApiResponse) -> Form:
    """What the API says: of the client beside the picker, of a session in the way above the form."""
    if reply.code == "conflict":
        detail = f"{reason_of(reply)} They join once one of the two is moved, or from a later day on."
        return form.refused({"detail": detail, "errors": []})
    errors = [{**error, "field": _beside(error.get("field"))} for error in reply.value.get("errors", [])]
    return form.refused({**reply.value, "errors": errors})


def _beside(field: str | None) -> str | None:
    return "client" if field == "client_id" else field


def _group(page: Page, form: Form, status: int = 200, *, asks: bool = False) -> Response:
    group = page.need(ONE, group_id=id_of(page))
    zone, now = page.me["organization"]["time_zone"], clock.now()
    today = clock.today(zone)
    earlier = page.query.get("when") == EARLIER
    span = {"to": today - timedelta(days=1), "sort": "-starts_at"} if earlier else {"from": today, "sort": "starts_at"}
    in_path = {"group_id": id_of(page)}
    answers = page.ask_all(
        history=Question(HISTORY, in_path, {"limit": LINES, "cursor": page.query.get("cursor")}),
        sessions=Question(SESSIONS, in_path, {**span, "limit": LINES, "cursor": page.query.get("sessions")}),
        **names_asked(),
    )
    history, sessions = answers["history"], answers["sessions"]
    lines = history.value["items"] if history.ok else []
    booked = sessions.value["items"] if sessions.ok else []
    names = names_around(page, answers, booked)
    staff = names_of(page, {*group["staff"], *(line["by"] for line in lines)})
    services = listed(page, SERVICES, [group["service_type_id"] or ""])
    return page.show(
        "groups/group.html",
        status,
        group=group,
        state={"active": not group["archived"], "version": group["version"]},
        facts=_facts(group, staff, services, page),
        members=views.member_rows(group["members"], today),
        changes=leads(page, group),
        books=page.can("appointments:create"),
        charts=page.can("clients:read"),
        form=form,
        asks=asks or form.ticked("over_capacity"),
        sessions=sessions,
        booked=session_rows(booked, names, zone, now, page.me["staff"]["id"]),
        when=EARLIER if earlier else "",
        panel=panel_path(page),
        later=sessions.value["next_cursor"] if sessions.ok else None,
        history=history,
        happened=views.history_of(lines, _clients(page, lines), staff, zone, now),
        next_cursor=history.value["next_cursor"] if history.ok else None,
        path=path_of(page),
    )


def _facts(
    group: Mapping[str, Any], staff: Mapping[str, str], services: list[Mapping[str, Any]], page: Page
) -> list[tuple[str, str]]:
    facts = [
        ("Leaders", views.leaders_of(group, staff) or "Nobody yet"),
        ("Members today", views.members_of(group, narrowed=narrowed(page))),
        ("Usual service", services[0]["name"] if services else ""),
        ("What it is about", group["description"] or ""),
    ]
    return [(called, value) for called, value in facts if value]


def _clients(page: Page, lines: list[Mapping[str, Any]]) -> Mapping[str, str]:
    ids = sorted({line["client_id"] for line in lines if line["client_id"]})
    reply = page.ask(LOOKUP, body={"ids": ids}) if ids else None
    return {each["id"]: each["name"] for each in reply.value["items"]} if reply is not None and reply.ok else {}


def _leaving(page: Page, form: Form, status: int = 200) -> Response:
    group = changeable(page)
    client_id = page.ids["client_id"]
    today = clock.today(page.me["organization"]["time_zone"])
    spans = views.spans_of(group["members"], client_id, today)
    if not spans:
        page.problem(NO_MEMBER)
    name = next(member["name"] for member in group["members"] if member["client_id"] == client_id)
    return page.show(
        "groups/leaving.html",
        status,
        group=group,
        name=name or views.NOBODY,
        spans=spans,
        form=form,
        path=path_of(page),
        client_id=client_id,
    )


def _today(page: Page) -> str:
    return clock.today(page.me["organization"]["time_zone"]).isoformat()


def id_of(page: Page) -> str:
    """The id of the group that the page is about."""
    return page.ids["group_id"]


def path_of(page: Page) -> str:
    """Where it stands."""
    return f"{PATH}/{id_of(page)}"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "POST /groups/{group_id}/members": add_member,
    "GET /groups/{group_id}/members/{client_id}": show_leaving,
    "POST /groups/{group_id}/members/{client_id}/leave": take_off,
}
