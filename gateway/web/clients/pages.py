"""The list of clients: by name in pages, narrowed by status and staff, and searched as `POST /clients/search` does.

Nothing of a client stands in an address: what is typed goes in the body of a POST, and so does the way to further
pages of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients import (
    activity,
    appointments,
    archiving,
    assigning,
    deleting,
    details,
    duplicates,
    edit,
    emergency,
    merging,
    moving,
    new,
    overview,
    related,
    reports,
    responsible,
    row_menu,
    taking_off,
    views,
    waiting,
)
from gateway.web.clients.columns import columns_of
from gateway.web.clients.facts import IN_USE, tags_of
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page
from gateway.web.people import People, people_of, staff_question
from shared import clock

LIST: Final = "GET /clients"
SEARCH: Final = "POST /clients/search"
LISTED: Final = 50
ASSIGNS: Final = "assignments:change"
ME: Final = "me"
NOBODY: Final = "nobody"


def show_clients(page: Page) -> Response:
    """Clients by name: those in treatment, unless the address says otherwise."""
    form = Form(values={name: (page.query.get(name, ""),) for name in ("status", "assigned_to", "tag", "sort")})
    return _list(page, form, page.query.get("cursor"))


def search_clients(page: Page) -> Response:
    """Those whom the words of the form find. The whole page, or the list alone for the page that asks."""
    return _list(page, page.form, page.form.text("cursor") or None)


def _list(page: Page, form: Form, cursor: str | None) -> Response:
    chosen = next(
        (status for status in reversed(form.all("status")) if status in views.WHICH), ""
    )  # a button's own comes last
    whose = form.text("assigned_to")
    wanted: dict[str, Any] = {
        "status": views.WHICH[chosen][0],
        "assigned_to": page.me["staff"]["id"] if whose == ME else whose if whose not in ("", NOBODY) else None,
        "unassigned": True if whose == NOBODY else None,
        "tag": form.text("tag").strip() or None,
    }
    query = form.text("query").strip()
    sort = form.text("sort") if form.text("sort") in views.SORTS else ""
    reply = _found(page, query, {**wanted, "sort": sort or None}, cursor)
    if not reply.ok and reply.status != 422:
        return page.problem(reply)
    today = clock.today(page.me["organization"]["time_zone"])
    items = reply.value["items"] if reply.ok else []
    values: dict[str, Any] = {
        "form": form,
        "rows": views.client_rows(items, today),
        "columns": columns_of(page, [client["id"] for client in items], today),
        "sort": sort,
        "sorts": views.SORTS,
        "next_cursor": reply.value["next_cursor"] if reply.ok else None,
        "query": query,
        "named": text.named(query),
        "chosen": chosen,
        "assigned_to": whose,
        "tag": wanted["tag"] or "",
        "first_run": reply.ok and not items and _has_nobody(page),
        "assigns": page.can(ASSIGNS),
    }
    if page.is_fragment:
        return page.show("clients/_list.html", **values)
    around = page.ask_all(people=staff_question(), tags=IN_USE)
    people, assignable = _whose(page, around["people"], whose), people_of(page, around["people"])
    tags, tag = tags_of(around["tags"]), values["tag"]
    known = not tag or tag.casefold() in {each.casefold() for each in tags}
    values["tags"] = tags if known else [*tags, tag]
    which = views.WHICH_OPTIONS
    return page.show("clients/clients.html", which=which, whose=people, assignable=assignable, **values)


def _has_nobody(page: Page) -> bool:
    """Whether there is no client at all whom the person could know of, archived ones included."""
    reply = page.ask(LIST, limit=1)
    return reply.ok and not reply.value["items"]


def _found(page: Page, query: str, wanted: dict[str, Any], cursor: str | None) -> ApiResponse:
    if query:
        kept = {name: value for name, value in wanted.items() if value is not None and name != "sort"}
        body = {"query": query[: views.QUERY_MAX], "limit": LISTED, **kept}
        return page.ask(SEARCH, body={**body, "cursor": cursor} if cursor else body)
    return page.ask(LIST, **wanted, limit=LISTED, cursor=cursor)


def _whose(page: Page, staff: ApiResponse, chosen: str) -> People:
    """Whose clients can be chosen. Without their names there are everybody's and one's own."""
    people = people_of(page, staff, without=(page.me["staff"]["id"],), chosen=[chosen])
    return people.after(("", "Anybody’s"), (ME, "Mine"), (NOBODY, "Nobody’s"))


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients": show_clients,
    "POST /clients/search": search_clients,
    **new.PAGES,
    **overview.PAGES,
    **appointments.PAGES,
    **details.PAGES,
    **related.PAGES,
    **moving.PAGES,
    **responsible.PAGES,
    **archiving.PAGES,
    **deleting.PAGES,
    **taking_off.PAGES,
    **edit.PAGES,
    **waiting.PAGES,
    **row_menu.PAGES,
    **duplicates.PAGES,
    **merging.PAGES,
    **reports.PAGES,
    **activity.PAGES,
    **assigning.PAGES,
    **emergency.PAGES,
}
