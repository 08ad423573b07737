"""The activity log: filters, pages, and the whole as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web.activity.about import clients_in, ids_by_row
from gateway.web.activity.views import KINDS, entries_of, instants
from gateway.web.forms import Form
from gateway.web.page import Page, Question
from gateway.web.people import LISTED, STAFF, names_of, people_of, staff_question
from shared import clock

FILTERS: Final = ("staff_id", "client_id", "kind", "from", "to")
PROGRAMS: Final = "GET /api-clients"
ENTRIES: Final = 50  # on a page: what they are about is looked up in one question of each kind
EVERYBODY: Final = ("", "Everybody")


def show_activity(page: Page) -> Response:
    """What was changed, or seen, or refused, latest first: changes, unless something else is chosen."""
    form = _filters(page)
    listed = page.ask_all(people=staff_question("all"))["people"]
    people = people_of(page, listed, "all", chosen=form.all("staff_id"))
    wanted, form = _asked(page, form)
    values: dict[str, Any] = {
        "form": form,
        "people": people.after(EVERYBODY),
        "kinds": KINDS,
        "entries": [],
        "next_cursor": None,
    }
    if wanted is not None:
        reply = page.ask("GET /audit/entries", **wanted, limit=ENTRIES, cursor=page.query.get("cursor"))
        if not reply.ok and reply.status != 422:
            return page.problem(reply)
        if reply.ok:
            values["entries"] = _entries(page, reply.value["items"], dict(people.options))
            values["next_cursor"] = reply.value["next_cursor"]
        else:
            values["form"] = form.refused(reply.value)
    values["kept"] = {name: form.text(name) for name in FILTERS}
    return page.show("activity/activity.html", **values)


def export_activity(page: Page) -> Response:
    """Everything of these people and days as a CSV file, oldest first: each line, reads too."""
    wanted, _ = _asked(page, _filters(page))
    if wanted is None:
        return page.leave("/activity")
    wanted["kind"] = None
    return page.hand_on("GET /audit/export", **wanted)


def _filters(page: Page) -> Form:
    values = {name: (page.query.get(name, ""),) for name in FILTERS}
    # Reads are many, and each person's own are among them: what was changed stands first.
    return Form(values={**values, "kind": (page.query.get("kind") or "changes",)})


def _asked(page: Page, form: Form) -> tuple[dict[str, Any] | None, Form]:
    """What goes into the query; None and the form with what is wrong where a day is none."""
    try:
        start, end = instants(form.text("from"), form.text("to"), page.me["organization"]["time_zone"])
    except (ValueError, OverflowError):
        return None, form.wrong(**{"from": "Enter days such as 2026-11-17."})
    wanted = {name: form.text(name) or None for name in ("staff_id", "client_id")}
    kind = form.text("kind") if form.text("kind") in KINDS else None
    return {**wanted, "kind": kind, "from": start, "to": end}, form


def _entries(page: Page, items: list[Mapping[str, Any]], staff: Mapping[str, str]) -> Any:
    """The lines with their names: of each kind of thing, those that the entries speak of are looked up by their ids."""
    ids = clients_in(items)
    found = page.ask("POST /clients/lookup", body={"ids": ids}) if ids else None
    clients = (
        {client["id"]: f"{client['name']} {client['number']}" for client in found.value["items"]}
        if found and found.ok
        else {}
    )
    wanted = ids_by_row(items)
    people = {**staff, **names_of(page, _who(items) | wanted.pop(STAFF, set()) - staff.keys())}
    # Who is none of the staff is a program.
    wanted[PROGRAMS] = wanted.get(PROGRAMS, set()) | (_who(items) - people.keys())
    questions = {
        row: Question(row, query={"ids": ",".join(sorted(sought)), "limit": LISTED})
        for row, sought in wanted.items()
        if sought
    }
    replies = page.ask_all(**questions) if questions else {}
    named = {thing["id"]: thing["name"] for reply in replies.values() if reply.ok for thing in reply.value["items"]}
    zone = page.me["organization"]["time_zone"]
    names = {**named, **people}
    return entries_of(items, names, clients, zone, clock.now(), names)


def _who(items: list[Mapping[str, Any]]) -> set[str]:
    return {item["staff_id"] for item in items if item["staff_id"]}


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /activity": show_activity,
    "GET /activity/export": export_activity,
}
