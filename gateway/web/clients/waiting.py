"""The waiting list: who waits longest comes first, each with what they wish for; and the inputs of one wish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.views import birthday
from gateway.web.forms import Form
from gateway.web.page import Page
from shared import clock

LIST: Final = "GET /clients"
ORDER: Final = "waiting_since"
LISTED: Final = 50
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS: Final = tuple((day, day.capitalize()) for day in DAYS)
PARTS: Final = (("", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon"), ("evening", "Evening"))
# What the inputs are called, where two people changed one client.
WORDS: Final = {
    "waiting.since": "Waiting since",
    "waiting.weekdays": "Days that suit them",
    "waiting.part_of_day": "Time of day",
    "waiting.note": "What else they wish for",
}


def show_waiting(page: Page) -> Response:
    """One page of the list."""
    reply = page.ask(LIST, sort=ORDER, limit=LISTED, cursor=page.query.get("cursor"))
    if not reply.ok:
        return page.problem(reply)
    today = clock.today(page.me["organization"]["time_zone"])
    rows = [
        {
            "path": f"/clients/{client['id']}",
            "name": client["display_name"],
            "waits": text.count((today - date.fromisoformat(client["waiting"]["since"])).days, "day"),
            "wish": ". ".join(words for _, words in wish(client["waiting"])[1:]),
            "phone": text.phone(client["phone"]),
            "phone_stored": client["phone"] or "",
        }
        for client in reply.value["items"]
    ]
    return page.show("clients/waiting.html", rows=rows, next_cursor=reply.value["next_cursor"])


def wish(waiting: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Since when they wait, and what for, as pairs of what it is called and words."""
    days = ", ".join(dict(WEEKDAYS)[day] for day in waiting["weekdays"]) or "Any day"
    part = dict(PARTS)[waiting["part_of_day"] or ""]
    facts = [("Waiting since", birthday(waiting["since"])), ("Days", days), ("Time of day", part)]
    return [*facts, *([("Wish", waiting["note"])] if waiting["note"] else [])]


def waiting_of(form: Form) -> dict[str, Any]:
    """What the form says of the waiting list, as the API takes it; nothing where it has no such inputs."""
    if not form.ticked("may_wait"):
        return {}
    if not form.ticked("waits"):
        return {"waiting": None}
    place: dict[str, Any] = {
        "weekdays": list(form.all("waiting.weekdays")),
        "part_of_day": form.text("waiting.part_of_day") or None,
        "note": form.text("waiting.note").strip() or None,
    }
    since = form.text("waiting.since").strip()
    return {"waiting": {**place, "since": since} if since else place}


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/waiting": show_waiting}
