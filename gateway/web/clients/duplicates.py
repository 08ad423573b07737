"""Clients who may be the same person: pairs side by side, and what somebody says of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import Response

from gateway.web import text
from gateway.web.clients.side_by_side import LABELS, Value, alike_words, facts_of, shown
from gateway.web.page import Page
from gateway.web.people import names_of
from shared import clock

PATH: Final = "/clients/duplicates"
LIST: Final = "GET /client-duplicates"
DISMISS: Final = "POST /client-duplicates/{duplicate_id}/dismiss"
UNDO: Final = "POST /client-duplicates/{duplicate_id}/undo"
DECIDES: Final = "clients:merge"
LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Side:
    """One client of a pair, with the values in the order of `LABELS`."""

    path: str
    name: str
    number: int
    archived: bool
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two clients who may be one person. `decided`: who said that they are two, and when; empty where nobody has."""

    duplicate_id: str
    title: str
    words: str
    sides: Sequence[Side]
    decided: str
    mergeable: bool  # nobody of an archived client is merged


def show_duplicates(page: Page) -> Response:
    """Pairs that nobody has decided on, the likeliest first; or those of two people, as somebody said."""
    dismissed = page.query.get("dismissed") == "true"
    reply = page.ask(LIST, dismissed=dismissed, limit=LISTED, cursor=page.query.get("cursor"))
    if not reply.ok:
        return page.problem(reply)
    items = reply.value["items"]
    names = names_of(page, (item["dismissed_by"] for item in items if item["dismissed_by"]))
    zone, now = page.me["organization"]["time_zone"], clock.now()
    return page.show(
        "clients/duplicates.html",
        pairs=[pair_of(item, names, zone, now) for item in items],
        labels=LABELS,
        dismissed=dismissed,
        decides=page.can(DECIDES),
        undone=_id_in(page.query.get("pair", "")),
        next_cursor=reply.value["next_cursor"],
    )


def pair_of(item: Mapping[str, Any], names: Mapping[str, str], zone: str, now: datetime) -> Pair:
    """A pair as its card shows it; `names`: of members of staff, by their ids."""
    first, second = item["clients"]
    decided = ""
    if item["dismissed_at"]:
        decided = f"{names.get(item['dismissed_by'], 'Somebody')}, {text.moment(item['dismissed_at'], zone, now)}"
    return Pair(
        item["id"],
        f"{first['display_name']} and {second['display_name']}",
        alike_words(item),
        [_side(first), _side(second, first)],
        decided,
        "archived" not in (first["status"], second["status"]),
    )


def dismiss(page: Page) -> Response:
    """They are two people. The page says so, with Undo."""
    duplicate_id = page.ids["duplicate_id"]
    page.need(DISMISS, duplicate_id=duplicate_id)
    return page.leave(PATH, "two_people", pair=duplicate_id)


def undo(page: Page) -> Response:
    """The pair is listed again."""
    return page.change(UNDO, PATH, "two_people_undone", duplicate_id=page.ids["duplicate_id"])


def _side(client: Mapping[str, Any], beside: Mapping[str, Any] | None = None) -> Side:
    return Side(
        f"/clients/{client['id']}",
        client["display_name"],
        client["number"],
        client["status"] == "archived",
        shown(facts_of(client), facts_of(beside) if beside is not None else None),
    )


def _id_in(words: str) -> str:
    """An id that stands in the address; empty where it is none."""
    with contextlib.suppress(ValueError):
        return str(UUID(words))
    return ""


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    f"GET {PATH}": show_duplicates,
    f"POST {PATH}/{{duplicate_id}}/dismiss": dismiss,
    f"POST {PATH}/{{duplicate_id}}/undo": undo,
}
