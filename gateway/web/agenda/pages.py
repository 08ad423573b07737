"""The agenda of a day, a week or a month, and the list of a week."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Response

from gateway.web.agenda.around import AROUND, Around, around_of, now_of, with_named
from gateway.web.agenda.asked import PATH, PEOPLE_MAX, VIEWS, Asked, asked_of
from gateway.web.agenda.cards import STATUSES, cards_of, legend_of, unfinished
from gateway.web.agenda.grid import days_of, grid_of, strip_of, weeks_of
from gateway.web.agenda.liking import COLOURS, SAVE, liking_of, saved_look
from gateway.web.page import Page, Question
from gateway.web.people import People

READ: Final = "GET /agenda"
BILLED: Final = "POST /invoices/lookup"
READS_INVOICES: Final = "invoices:read"
LOOKED_UP: Final = 100  # appointments in one question
LOOKUPS_MAX: Final = 4
CHIPS_MAX: Final = 12  # people to choose from beside the search, where they are many
BOOKS: Final = "appointments:create"
CHANGES: Final = "appointments:update"
WRITES: Final = "notes:update"
SHOWN: Final = ("wanted", "grid", "weeks", "days", "unfinished", "failed", "legend", "initials")


def show_agenda(page: Page) -> Response:
    """The page."""
    return _show(page, "agenda/agenda.html")


def show_grid(page: Page) -> Response:
    """The part of the page that changes, which the page asks for now and then; a plain visit leads to the page."""
    if not page.is_fragment:
        return page.leave(PATH, **page.query)
    return _show(page, "agenda/_shown.html")


def _show(page: Page, template: str) -> Response:
    now, liking = now_of(page), liking_of(page)
    wanted = asked_of(
        {"view": liking.view, **page.query},
        now.date(),
        sunday_first=liking.sunday_first,
        usual_staff=liking.staff,
    )
    staff_ids = ",".join(wanted.staff) or None
    span = {"from": wanted.first.isoformat(), "to": wanted.last.isoformat()}
    answers = page.ask_all(**AROUND, **{READ: Question(READ, query={**span, "staff_ids": staff_ids})})
    read = answers[READ]
    items = read.value["items"] if read.ok else []
    around = with_named(page, around_of(answers), items, wanted.staff)
    writer = page.me["staff"]["id"] if page.can(WRITES) else None
    cards = cards_of(items, around.names, now, _billed(page, items), liking.colours, writer)
    values: dict[str, Any] = {
        "wanted": wanted,
        "views": VIEWS,
        "failed": None if read.ok else read,
        "unfinished": unfinished(cards),
        "legend": legend_of(cards, liking.colours),
        "strip": strip_of(wanted, cards, now.date()),
        "initials": liking.initials,
        "books": page.can(BOOKS),
        "changes": page.can(CHANGES),
        "words": STATUSES,
        "staff_known": bool(around.names.staff),
    }
    if wanted.view == "month":
        values["weeks"] = weeks_of(wanted, cards, around.organization, now.date())
    elif wanted.view == "list":
        values["days"] = days_of(wanted, cards)
    else:
        people = _people(wanted, around, items)
        values["grid"] = grid_of(wanted, cards, people, around.organization, now)
    values["etag"] = _etag(values)
    if page.is_fragment and page.request.headers.get("If-None-Match") == values["etag"]:
        return Response(status=304)
    look: dict[str, Any] = {
        "chips": _chips(wanted, around, items),
        "others": People(more=around.more_staff, which="signing"),
        "look": liking.form(),
        "shown": page.query.get("show", ""),
        "colours": COLOURS,
    }
    return page.show(template, now=now, **look, **values)


def save_look(page: Page) -> Response:
    """Remember how the person looks at the agenda: view, whose, colours, and what stands on paper."""
    saved = page.ask(SAVE, body=saved_look(page.form))
    if not saved.ok:
        return page.problem(saved)
    if page.is_fragment:
        return Response(status=204)
    return page.leave(PATH, "saved", **{name: page.form.text(name) for name in ("view", "on", "staff")})


def _billed(page: Page, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str] | None:
    """The status of the invoice of each documented appointment. None: the person may not know, or billing is down."""
    if not page.can(READS_INVOICES):
        return None
    ids = [item["id"] for item in items if item["documented"]][: LOOKED_UP * LOOKUPS_MAX]
    answers = page.ask_all(
        **{
            str(at): Question(BILLED, body={"appointment_ids": ids[at : at + LOOKED_UP]})
            for at in range(0, len(ids), LOOKED_UP)
        }
    )
    if not all(reply.ok for reply in answers.values()):
        return None
    found = [each for reply in answers.values() for each in reply.value["items"] if each["status"] != "void"]
    # Of a group each has an invoice: the one that is to be issued still counts.
    return {
        invoice["appointment_id"]: invoice["status"]
        for invoice in sorted(found, key=lambda invoice: invoice["status"] == "draft")
    }


def _people(wanted: Asked, around: Around, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Whose columns a day has."""
    if wanted.staff:
        return [around.names.staff[staff_id] for staff_id in wanted.staff if staff_id in around.names.staff]
    return around.giving(items)[:PEOPLE_MAX]


def _chips(
    wanted: Asked, around: Around, items: Sequence[Mapping[str, Any]]
) -> Sequence[tuple[Mapping[str, Any], bool]]:
    """Whom one can choose, and who is chosen."""
    offered = around.giving(items)[: CHIPS_MAX if around.more_staff else None]
    chosen = [
        member for member in around.names.staff.values() if member["id"] in wanted.staff and member not in offered
    ]
    return [(member, member["id"] in wanted.staff) for member in [*offered, *chosen]]


def _etag(values: Mapping[str, Any]) -> str:
    """Of what is shown: a browser that has this shows it already."""
    shown = repr([values.get(name) for name in SHOWN])
    return f'"{hashlib.sha256(shown.encode()).hexdigest()[:24]}"'


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /agenda": show_agenda,
    "GET /agenda/grid": show_grid,
    "POST /agenda/look": save_look,
}
