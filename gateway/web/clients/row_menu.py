"""What can be begun from a line of the list of clients: what the person may do, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from gateway.web.clients.chart import BOOKING, Action, may_use
from gateway.web.page import Page
from gateway.web.rendering import url

ONE: Final = "GET /clients/{client_id}"
ARCHIVED: Final = "archived"
ASSIGNS: Final = "assignments:change"
# Each with the page that it leads to, whose permission it takes; of archived clients those alone that stay.
WAYS: Final = (
    ("GET /clients/{client_id}", "{chart}", "user-round", "Open", True),
    (f"GET {BOOKING}", BOOKING, "calendar-plus", "Schedule", False),
    ("GET /payments/new", "/payments/new", "hand-coins", "Take payment", True),
    ("POST /clients/{client_id}/team", "{chart}/details#team-title", "users-round", "Assign staff", False),
    ("GET /clients/{client_id}/details/edit", "{chart}/details/edit", "square-pen", "Change details", True),
    ("GET /clients/{client_id}/details/archive", "{chart}/details/archive", "ban", "Archive", False),
)


def show_menu(page: Page) -> Response:
    """The menu of one client."""
    client = page.need(ONE, client_id=page.ids["client_id"])
    chart = f"/clients/{client['id']}"
    ways = [
        Action(path.format(chart=chart) if "{" in path else url(path, client_id=client["id"]), picture, name)
        for row, path, picture, name, stays in WAYS
        if may_use(page, row) and (stays or client["status"] != ARCHIVED)
    ]
    if not page.is_fragment:
        return page.leave(chart)
    return page.show("clients/_menu.html", ways=ways)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /clients/{client_id}/menu": show_menu}
