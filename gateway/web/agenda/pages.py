"""The agenda of a day, a week or a month, and the list of a week."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.agenda.around import AROUND, GIVES_SERVICES, Around, around_of, now_of
from gateway.web.agenda.asked import PATH, PEOPLE_MAX, VIEWS, Asked, asked_of
from gateway.web.agenda.cards import STATUSES, cards_of, unfinished
from gateway.web.agenda.grid import days_of, grid_of, weeks_of
from gateway.web.page import Page, Question

READ: Final = "GET /agenda"
BILLED: Final = "POST /invoices/lookup"
READS_INVOICES: Final = "invoices:read"
LOOKED_UP: Final = 100  # appointments in one question
LOOKUPS_MAX: Final = 4
BOOKS: Final = "appointments:create"
CHANGES: Final = "appointments:update"


def show_agenda(page: Page) -> Response:
    """The page."""
    return _show(page, "agenda/agenda.html")


def show_grid(page: Page) -> Response:
    """The part of the page that changes, which the page asks for now and then; a plain visit leads to the page."""
    if not page.is_fragment:
        return page.leave(PATH, **page.query)
    return _show(page, "agenda/_shown.html")


def _show(page: Page, template: str) -> Response:
    now, me = now_of(page), page.me["staff"]["id"]
    own = GIVES_SERVICES in page.me["levels"]
    asked = asked_of(
        {"view": "week" if own else "day", **page.query},
        now.date(),
        sunday_first=page.me["preferences"]["week_start"] == "sunday",
        usual_staff=[me] if own else [],
    )
    staff_ids = ",".join(asked.staff) or None
    span = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    answers = page.ask_all(**AROUND, **{READ: Question(READ, query={**span, "staff_ids": staff_ids})})
    around, read = around_of(answers), answers[READ]
    items = read.value["items"] if read.ok else []
    cards = cards_of(items, around.names, now, _billed(page, items))
    values: dict[str, Any] = {
        "asked": asked,
        "views": VIEWS,
        "failed": None if read.ok else read,
        "unfinished": unfinished(cards),
        "books": page.can(BOOKS),
        "changes": page.can(CHANGES),
        "words": STATUSES,
        "staff_known": bool(around.names.staff),
    }
    if asked.view == "month":
        values["weeks"] = weeks_of(asked, cards, around.organization, now.date())
    elif asked.view == "list":
        values["days"] = days_of(asked, cards)
    else:
        people = _people(asked, around, items)
        values["grid"] = grid_of(asked, cards, people, around.organization, now)
    values["etag"] = _etag(values)
    if page.is_fragment and page.request.headers.get("If-None-Match") == values["etag"]:
        return Response(status=304)
    return page.show(template, chips=_chips(asked, around, items), me=me, now=now, **values)


def _billed(page: Page, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str] | None:
    """The status of the invoice of each documented appointment. None: the person may not know, or billing is down."""
    if not page.can(READS_INVOICES):
        return None
    ids = [one["id"] for one in items if one["documented"]][: LOOKED_UP * LOOKUPS_MAX]
    answers = page.ask_all(
        **{
            str(at): Question(BILLED, body={"appointment_ids": ids[at : at + LOOKED_UP]})
            for at in range(0, len(ids), LOOKED_UP)
        }
    )
    if not all(one.ok for one in answers.values()):
        return None
    found = [each for one in answers.values() for each in one.value["items"] if each["status"] != "void"]
    # Of a group each has an invoice: the one that is to be issued still counts.
    return {one["appointment_id"]: one["status"] for one in sorted(found, key=lambda one: one["status"] == "draft")}


def _people(asked: Asked, around: Around, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Whose columns a day has."""
    if asked.staff:
        return [around.names.staff[one] for one in asked.staff if one in around.names.staff]
    return around.giving(items)[:PEOPLE_MAX]


def _chips(
    asked: Asked, around: Around, items: Sequence[Mapping[str, Any]]
) -> Sequence[tuple[Mapping[str, Any], bool]]:
    """Whom one can choose, and who is chosen."""
    offered = around.giving(items)
    chosen = [one for one in around.names.staff.values() if one["id"] in asked.staff and one not in offered]
    return [(one, one["id"] in asked.staff) for one in [*offered, *chosen]]


def _etag(values: Mapping[str, Any]) -> str:
    """Of what is shown: a browser that has this shows it already."""
    told = repr([values.get(name) for name in ("asked", "grid", "weeks", "days", "unfinished", "failed")])
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /agenda": show_agenda,
    "GET /agenda/grid": show_grid,
}
