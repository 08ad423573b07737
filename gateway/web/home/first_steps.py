"""The first steps of a practice, asked of the services: as Home shows them until they are done, and the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from cachetools import TTLCache
from flask import Response

from gateway.route_table.pages import SETUP, WEB
from gateway.web.home.views import Setup, setup_of
from gateway.web.page import Page, Question
from shared import clock

Items = Sequence[Mapping[str, Any]]
# Who sees the first steps: those who can take most of them.
SEES_SETUP: Final = "organization:update"
# What a service told when all that it knows of was done is not asked again so soon: each look leaves an audit entry.
DONE_SECONDS: Final = 60.0
_DONE: TTLCache[tuple[UUID, str], Items] = TTLCache(10_000, DONE_SECONDS, clock.monotonic)
PATHS: Final = frozenset(row.path for row in WEB if row.method == "GET")
PREFERENCES: Final = "PATCH /me/preferences"


def of_home(page: Page) -> Setup | None:
    """The first steps, unless this person hid them, or saw on an earlier day that all are done."""
    liked = page.me["preferences"]
    if liked["setup_hidden"]:
        return None
    steps = of_practice(page)
    seen = liked.get("setup_completed_on")
    long_complete = steps is not None and steps.complete and seen not in (None, _today(page).isoformat())
    return None if long_complete else steps


def of_practice(page: Page) -> Setup | None:
    """The first steps, for those who may take them; None for others. A service that is away leaves its own unknown."""
    if not page.can(SEES_SETUP):
        return None
    organization_id = UUID(page.me["organization"]["id"])
    done = {row: items for row in SETUP if (items := _DONE.get((organization_id, row))) is not None}
    answers = page.ask_all(**{row: Question(row) for row in SETUP if row not in done})
    lists = {row: reply.value["items"] for row, reply in answers.items() if reply.ok}
    for row, items in lists.items():
        if all(item["done"] for item in items):
            _DONE[(organization_id, row)] = items
    return setup_of([item for items in (done | lists).values() for item in items], page.can, PATHS)


def like(page: Page) -> Response:
    """Hide the first steps, for this person, or show them again; or remember since when they are seen to be done.

    `hidden`: ticked to hide; `completed`: the page itself says that it showed them as done.
    """
    if page.form.ticked("completed"):
        page.need(PREFERENCES, body={"setup_completed_on": _today(page).isoformat()})
        return Response(status=204)
    hidden = page.form.ticked("hidden")
    changes = {"setup_hidden": hidden, **({} if hidden else {"setup_completed_on": None})}
    page.need(PREFERENCES, body=changes)
    return page.leave("/home", "setup_hidden" if hidden else None)


def _today(page: Page) -> Any:
    return clock.today(page.me["organization"]["time_zone"])
