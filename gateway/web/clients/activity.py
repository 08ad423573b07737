"""The tab of activity: who did or saw what of this client and of who was merged into them, and who can see what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.activity.views import KINDS, entries_of
from gateway.web.clients.access_view import access_rows
from gateway.web.clients.changes import profile_changes
from gateway.web.clients.chart import chart_of
from gateway.web.clients.own import LISTED as OWN_FIELDS
from gateway.web.clients.own import fields_of
from gateway.web.clients.wishes import wished_names
from gateway.web.page import Page, Question
from gateway.web.people import hues_of, names_of, staff_question
from shared import clock

ENTRIES: Final = "GET /audit/entries"
HISTORY: Final = "GET /clients/{client_id}/history"
EXPLAIN: Final = "GET /access/explain"
LISTED: Final = 50
CHANGES: Final = 10
STAFF_MAX: Final = 200


def show_activity(page: Page) -> Response:
    """One page of what was done and seen, latest first, what was changed, and everybody who can see the record."""
    client_id = page.ids["client_id"]
    kind = page.query.get("kind") if page.query.get("kind") in KINDS else None
    chart = chart_of(
        page,
        client_id,
        access=Question(EXPLAIN, query={"client_id": client_id, "limit": STAFF_MAX}),
        history=Question(HISTORY, {"client_id": client_id}, {"limit": CHANGES, "cursor": page.query.get("changes")}),
        own=OWN_FIELDS,
        people=staff_question("all"),
    )
    # The record says who was merged into the client: what was done and seen of these stands under their own ids.
    family = ",".join([client_id, *(each["client_id"] for each in chart.client["merged"])])
    entries = page.ask(ENTRIES, client_ids=family, kind=kind, limit=LISTED, cursor=page.query.get("cursor"))
    access, people, history = (chart.answers[name] for name in ("access", "people", "history"))
    zone, now = page.me["organization"]["time_zone"], clock.now()
    items = entries.value["items"] if entries.ok else []
    known = people.value["items"] if people.ok else []
    changes = history.value["items"] if history.ok else []
    named = {item["staff_id"] for item in items if item["staff_id"]} | {change["by"] for change in changes}
    wishes = [each for change in changes for each in change["changes"].get("waiting", ())]
    names = names_of(page, named, known) | wished_names(page, wishes)
    seeing = access.value["items"] if access.ok else []
    hues = hues_of(page, (verdict["staff_id"] for verdict in seeing), people)
    return page.show(
        "clients/activity.html",
        chart=chart,
        kind=kind or "",
        kinds=KINDS,
        entries=entries_of(items, names, {}, zone, now) if entries.ok else None,
        next_cursor=entries.value["next_cursor"] if entries.ok else None,
        changes=profile_changes(changes, names, fields_of(chart.answers["own"]), zone, now) if history.ok else None,
        next_change=history.value["next_cursor"] if history.ok else None,
        access=access_rows(seeing, items, hues, zone, now) if access.ok else None,
    )


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/{client_id}/activity": show_activity}
