"""Addresses of a client: the one of today and the coming ones on the tab of details, all of them, and the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.addresses import ADDRESS
from gateway.web.clients.chart import chart_of
from gateway.web.clients.stored import on_one_line
from gateway.web.forms import Form, Text, body_of
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import names_of
from shared import clock
from shared.calendar_words import day_in_words

LIST: Final = "GET /clients/{client_id}/addresses"
ADD: Final = "POST /clients/{client_id}/addresses"
CHANGES_DETAILS: Final = "clients:update"
LISTED: Final = 200  # more than a client has on record
REFUSED: Final = (403, 409, 412, 422)
INPUTS: Final = (Text("label", blank="null"), Text("effective_from", blank="keep"), *ADDRESS)
# By what they stand in the list: the state, and its words.
STATES: Final = {
    "current": "Today",
    "coming": "Coming",
    "past": "Earlier",
    "replaced": "Replaced",
    "aside": "Set aside",
}
NONE_KNOWN: Final = "No address is known"
PROGRAM: Final = "A program"


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A line of the list. `recorded`: when and by whom; empty where nobody knows."""

    where: str
    label: str
    since: str
    state: str
    words: str
    recorded: str


def question(client_id: str) -> Question:
    """What the details ask for addresses."""
    return Question(LIST, {"client_id": client_id}, {"limit": LISTED})


def rows_of(page: Page, reply: ApiResponse, *, recorded: bool = False) -> list[AddressRow] | None:
    """The lines: the one of today, the coming ones, the earlier ones. None where the list does not answer just now.

    `recorded`: with when and by whom each was recorded.
    """
    if not reply.ok:
        return None
    items = reply.value["items"]
    names = names_of(page, [each["recorded_by"] for each in items if each["recorded_by"]], ()) if recorded else None
    return address_rows(items, names, page.me["organization"]["time_zone"], clock.now())


def address_rows(
    items: Sequence[Mapping[str, Any]], names: Mapping[str, str] | None, zone: str, now: datetime
) -> list[AddressRow]:
    """The same of items and the names of who recorded them; None: that is not shown.

    Coming ones by their day, earlier ones the last first.
    """
    by_day = sorted(items, key=lambda each: each["effective_from"] or "")
    of_state = {state: [each for each in by_day if each["state"] == state] for state in STATES}
    earlier = [each for state in ("past", "replaced", "aside") for each in reversed(of_state[state])]
    ordered = [*of_state["current"], *of_state["coming"], *earlier]
    return [
        AddressRow(
            where=on_one_line(each["address"]) if each["address"] else NONE_KNOWN,
            label=each["label"] or "",
            since=_since(each["effective_from"]),
            state=each["state"],
            words=STATES[each["state"]],
            recorded=_recorded(each, names, zone, now) if names is not None else "",
        )
        for each in ordered
    ]


def show_all(page: Page) -> Response:
    """Every address, and the form for another."""
    return _all(page, Form())


def add(page: Page) -> Response:
    """An address from a day on."""
    body, form = body_of(page.form, INPUTS)
    reply = page.ask(ADD, client_id=_id(page), body=body, headers=form.sent)
    if reply.ok:
        return page.leave(_path(page), "address_added")
    if reply.status not in REFUSED:
        page.problem(reply)
    return _all(page, form.refused(reply.value), 422)


def _all(page: Page, form: Form, status: int = 200) -> Response:
    chart = chart_of(page, _id(page), addresses=question(_id(page)))
    rows = rows_of(page, chart.answers["addresses"], recorded=True)
    changes = page.can(CHANGES_DETAILS)
    return page.show("clients/addresses.html", status, chart=chart, rows=rows, form=form, changes=changes)


def _since(first: str | None) -> str:
    return f"from {day_in_words(date.fromisoformat(first))}" if first else "from the beginning"


def _recorded(item: Mapping[str, Any], names: Mapping[str, str], zone: str, now: datetime) -> str:
    if item["recorded_by"] is None:
        return ""
    return f"{text.moment(item['recorded_at'], zone, now)}, {names.get(item['recorded_by'], PROGRAM)}"


def _id(page: Page) -> str:
    return page.ids["client_id"]


def _path(page: Page) -> str:
    return f"/clients/{_id(page)}/details/addresses"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details/addresses": show_all,
    "POST /clients/{client_id}/details/addresses": add,
}
