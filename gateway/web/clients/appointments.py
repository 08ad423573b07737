"""The tab of appointments: those of today and later, or the earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from flask import Response

from gateway.web.clients.chart import ROWS, WRITE, chart_of, may_use
from gateway.web.clients.sessions import Names, names_by_id, session_rows
from gateway.web.page import Page, Question
from gateway.web.people import listed, named_in, names_of
from shared import clock

APPOINTMENTS: Final = "GET /clients/{client_id}/appointments"
LISTED: Final = 50
NAMES_MAX: Final = 200
EARLIER: Final = "earlier"
PANEL: Final = "/agenda/appointments/{appointment_id}"  # the agenda's page of one


def names_asked() -> dict[str, Question]:
    """The questions whose answers name what appointments name by id."""
    return {
        "services": Question("GET /service-types", query={"limit": NAMES_MAX}),
        "people": Question("GET /staff", query={"limit": NAMES_MAX}),
        "locations": Question("GET /locations", query={"limit": NAMES_MAX}),
    }


def names_around(page: Page, answers: Mapping[str, Any], appointments: Sequence[Any]) -> Names:
    """What came of them, with the names of everything that the appointments have; one may be None."""
    people = answers.get("people")
    return Names(
        _named(page, answers.get("services"), "GET /service-types", "service_type_id", appointments),
        names_of(page, named_in(appointments), people.value["items"] if people is not None and people.ok else ()),
        _named(page, answers.get("locations"), "GET /locations", "location_id", appointments),
    )


def _named(page: Page, reply: Any, row: str, key: str, appointments: Sequence[Any]) -> dict[str, str]:
    """Names of a list's items, also of those beyond its first page that an appointment has as its `key`."""
    names = names_by_id(reply, "name")
    if reply is None or not reply.ok or reply.value["next_cursor"] is None:
        return names
    missing = {appointment[key] for appointment in appointments if appointment and appointment[key]} - names.keys()
    return names | {item["id"]: item["name"] for item in listed(page, row, missing)}


def panel_path(page: Page) -> str:
    """Where one appointment is shown, with its id to be filled in; empty where the person has no such page."""
    return PANEL if PANEL in ROWS and page.can(ROWS[PANEL].permission) else ""


def show_appointments(page: Page) -> Response:
    """One page of them; each on the day and at the time of its own zone."""
    earlier = page.query.get("when") == EARLIER
    zone = page.me["organization"]["time_zone"]
    today = clock.today(zone)
    span = {"to": today - timedelta(days=1), "sort": "-starts_at"} if earlier else {"from": today, "sort": "starts_at"}
    query = {**span, "limit": LISTED, "cursor": page.query.get("cursor")}
    client_id = page.ids["client_id"]
    question = Question(APPOINTMENTS, {"client_id": client_id}, query)
    chart = chart_of(page, client_id, appointments=question, **names_asked())
    reply = chart.answers["appointments"]
    items = reply.value["items"] if reply.ok else []
    names = names_around(page, chart.answers, items)
    return page.show(
        "clients/appointments.html",
        chart=chart,
        rows=session_rows(items, names, zone, clock.now(), page.me["staff"]["id"]) if reply.ok else None,
        next_cursor=reply.value["next_cursor"] if reply.ok else None,
        when=EARLIER if earlier else "",
        panel=panel_path(page),
        writes=may_use(page, WRITE),
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/{client_id}/appointments": show_appointments}
